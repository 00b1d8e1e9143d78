"""The components that there are, and their pictures."""

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import BaseModel

from components.contract.manifest import Manifest
from factory.domain.catalogue.components import component, manifests
from factory.domain.catalogue.icons import read_icon
from factory.doors.api.v1.described import file_of
from factory.doors.api.v1.refusals import not_found
from factory.doors.api.v1.shapes.components import Component

router = Router(tags=["components"])
_ICON_HEADERS = {
    # An SVG may hold scripts; one that is opened as a page runs none and reaches nothing.
    "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, max-age=3600",
}


@router.get("/components", response=list[Component])
def list_components(request: HttpRequest) -> list[BaseModel]:
    """Every component, with its ports and parameters."""
    return [_value_of(manifest) for manifest in manifests().values()]


@router.get("/components/{str:ref}/icon", openapi_extra=file_of("image/svg+xml"))
def show_icon(request: HttpRequest, ref: str) -> HttpResponse:
    """The picture of a component."""
    picture = read_icon(entry=component(ref))
    if picture is None:
        raise not_found()
    return HttpResponse(picture, content_type="image/svg+xml", headers=_ICON_HEADERS)


def _value_of(manifest: Manifest) -> BaseModel:
    address = f"/api/v1/components/{manifest.ref}/icon"
    return Component(**dict(manifest) | {"ref": manifest.ref, "icon": address})
