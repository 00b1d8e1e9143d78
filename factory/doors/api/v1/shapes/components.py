"""A component as the editor knows it: its manifest with defaults filled in, its reference and its picture."""

from typing import Annotated, Any

from pydantic import BaseModel, Field, create_model

from components.contract.manifest import Manifest

_FIELDS: dict[str, Any] = {
    **{name: (field.annotation, field) for name, field in Manifest.model_fields.items()},
    "icon": (Annotated[str, Field(description="the address of its picture")], ...),
    "ref": (Annotated[str, Field(description="how pipelines name it: overlay@1.0.0")], ...),
}

# Not a subclass: a manifest's own `ref` is worked out, not written.
Component: type[BaseModel] = create_model(
    "Component",
    __doc__="One version of one component: what it is, takes, gives, can be set to and may do.",
    **_FIELDS,
)
