from django.test import Client

from factory.domain.catalogue.components import manifests


def test_components_are_their_manifests_with_every_default(viewer: Client) -> None:
    listed = viewer.get("/api/v1/components").json()

    assert [each["ref"] for each in listed] == list(manifests())
    for each, manifest in zip(listed, manifests().values(), strict=True):
        ref, icon, price = each.pop("ref"), each.pop("icon"), each.pop("price")
        assert (each.pop("status"), each.pop("status_note")) == ("available", "")
        assert set(price) == {"per_hour_micros", "currency", "words"}
        assert icon == f"/api/v1/components/{ref}/icon"
        assert each == manifest.model_dump(mode="json", exclude={"icon"})


def test_a_picture_runs_nothing_and_may_be_kept(viewer: Client) -> None:
    response = viewer.get("/api/v1/components/overlay@1.0.0/icon")

    assert response["Content-Type"] == "image/svg+xml"
    assert b"<svg" in response.content
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'; style-src 'unsafe-inline'"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "max-age=3600" in response["Cache-Control"]


def test_a_picture_of_nothing_is_said_to_be_unknown(viewer: Client) -> None:
    response = viewer.get("/api/v1/components/overlay@9.9.9/icon")

    assert (response.status_code, response.json()["code"]) == (404, "catalogue:user:unknown-component")
    assert "overlay@1.0.0" in response.json()["title"]
