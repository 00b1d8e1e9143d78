from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.contract.manifest import load_manifest
from components.contract.media_types import MEDIA_TYPE, Format, MediaType
from factory.domain.graph.document import parse
from factory.domain.graph.formats import plan_formats, plan_wire

ROOT = Path(__file__).resolve().parents[4]
SHELVES = (ROOT / "components").glob("*s/*/component.yaml")
MANIFESTS = {manifest.ref: manifest for manifest in (load_manifest(file.parent) for file in SHELVES)}

I420, H264, VP8, S16, OPUS, MESSAGE = Format


@pytest.mark.parametrize(
    ("offers", "takes", "planned"),
    [
        ((I420,), (I420,), (I420,)),
        ((H264, VP8), (VP8, H264), (H264, VP8)),
        ((H264, VP8), (VP8,), (VP8,)),
        ((I420, H264), (H264, VP8), (H264,)),
        ((I420,), (VP8, H264), (VP8,)),
        ((S16,), (OPUS,), (OPUS,)),
        ((H264, VP8), (I420,), (H264, VP8)),
        ((H264,), (VP8,), (H264,)),
        ((OPUS,), (S16,), (OPUS,)),
        ((MESSAGE,), (MESSAGE,), (MESSAGE,)),
        ((I420,), (), ()),
        ((), (I420,), ()),
    ],
)
def test_it_passes_untouched_else_encodes_once_else_decodes(
    offers: tuple[Format, ...], takes: tuple[Format, ...], planned: tuple[Format, ...]
) -> None:
    assert plan_wire(offers, takes) == planned


@given(st.data())
def test_two_ports_of_one_type_can_always_meet(data: st.DataObject) -> None:
    media_type = data.draw(st.sampled_from(MediaType))
    formats = st.lists(st.sampled_from([f for f in Format if MEDIA_TYPE[f] is media_type]), min_size=1, unique=True)
    offers, takes = tuple(data.draw(formats)), tuple(data.draw(formats))

    planned = plan_wire(offers, takes)

    assert planned
    assert set(planned) <= set(offers) | set(takes)


def test_one_encoder_serves_every_branch_of_fan_out() -> None:
    plan = plan_formats(parse((ROOT / "examples" / "fan-out.yaml").read_text()), MANIFESTS)

    assert {wire: formats for wire, formats in plan.wires.items() if "video" in wire} == {
        f"camera.video->{branch}.video": (H264,) for branch in ("first", "second", "third", "fourth")
    }
    assert plan.outputs["camera", "video"] == (I420,)


def test_an_output_prefers_what_most_of_its_wires_take() -> None:
    text = """\
api_version: 1
name: studio
nodes:
  phone: {component: whip_in@1.0.0}
  one: {component: recorder@1.0.0, parameters: {container: webm}}
  two: {component: recorder@1.0.0, parameters: {container: webm}}
  three: {component: recorder@1.0.0}
wires:
  - phone.video -> one.video
  - phone.video -> two.video
  - phone.video -> three.video
"""
    plan = plan_formats(parse(text), MANIFESTS)

    assert plan.outputs["phone", "video"] == (VP8, H264)
    assert plan.inputs["one", "video"] == (VP8,)
    assert plan.inputs["three", "video"] == (H264,)
    assert plan.wires["phone.video->three.video"] == (H264,)
    assert plan.outputs["phone", "audio"] == (OPUS,)
