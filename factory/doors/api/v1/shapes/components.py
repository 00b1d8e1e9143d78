"""A component as the editor knows it: its manifest with defaults filled in, reference, picture, price and status."""

from typing import Annotated, Any

from pydantic import BaseModel, Field, create_model

from components.contract.manifest import Manifest
from factory.domain.catalogue.statuses import ReleaseStatus
from factory.domain.marketplace import prices


class Price(BaseModel):
    """What one instance costs an hour while it runs."""

    per_hour_micros: Annotated[int, Field(description="in millionths of the currency's unit")]
    currency: Annotated[str, Field(description="ISO 4217")]
    words: Annotated[str, Field(description="for people: €0.0413 an hour")]

    @classmethod
    def of(cls, price: prices.Price) -> "Price":
        """As it was worked out."""
        return cls(per_hour_micros=price.per_hour, currency=price.currency, words=price.words)


_FIELDS: dict[str, Any] = {
    **{name: (field.annotation, field) for name, field in Manifest.model_fields.items()},
    "icon": (Annotated[str, Field(description="the address of its picture")], ...),
    "ref": (Annotated[str, Field(description="how pipelines name it: overlay@1.0.0")], ...),
    "status": (Annotated[ReleaseStatus, Field(description="available, deprecated, or yanked: not for new nodes")], ...),
    "status_note": (Annotated[str, Field(description="why, and what to use instead")], ...),
    "price": (Price, ...),
}

# Not a subclass: a manifest's own `ref` is worked out, not written.
Component: type[BaseModel] = create_model(
    "Component",
    __doc__="One version of one component: what it is, takes, gives, can be set to and may do.",
    **_FIELDS,
)
