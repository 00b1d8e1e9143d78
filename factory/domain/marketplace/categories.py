"""Under which heading people find a component: as its manifest says, else by what it takes and gives. Pure."""

from components.contract.manifest import Category, Kind, Manifest
from components.contract.media_types import MediaType

TITLES = {
    Category.LIVE: "Live in and out",
    Category.PICTURE: "Picture",
    Category.SOUND: "Sound",
    Category.ANALYSIS: "Analysis",
    Category.STORAGE: "Storage",
    Category.TESTING: "Testing",
}
KIND_TITLES = {Kind.GATEWAY: "Gateways", Kind.TRANSFORM: "Transforms", Kind.SINK: "Sinks"}
_TESTING = frozenset({"debug", "inspect", "pattern", "test", "testing"})


def category_of(manifest: Manifest) -> Category:
    """The heading of one component."""
    if manifest.category is not None:
        return manifest.category
    if manifest.endpoint is not None:
        return Category.LIVE
    if _TESTING.intersection(word.lower() for word in manifest.keywords):
        return Category.TESTING
    if manifest.kind is Kind.SINK and manifest.permissions.artifact_mib:
        return Category.STORAGE
    if manifest.kind is Kind.GATEWAY:
        return Category.LIVE
    types = {port.type for port in (*manifest.inputs.values(), *manifest.outputs.values())}
    if MediaType.DATA in types:
        return Category.ANALYSIS
    return Category.PICTURE if MediaType.VIDEO in types else Category.SOUND
