"""Secrets of a team as the API tells them: everything but their values."""

import datetime
from typing import Annotated, Self

from pydantic import BaseModel, Field, SecretStr

from factory.domain.accounts.selectors import name_of
from factory.domain.pipelines.models import Pipeline
from factory.domain.secrets import models


class SecretUse(BaseModel):
    """A pipeline whose draft or published version refers to a secret."""

    slug: str
    name: str


class Secret(BaseModel):
    """A value that pipelines refer to by name as `secret:<name>`; nobody gets the value itself."""

    name: str
    version: Annotated[int, Field(description="counts how often the value was set")]
    made_by: Annotated[str, Field(description="empty where nobody knows")]
    made_at: datetime.datetime
    changed_by: Annotated[str, Field(description="empty where nobody knows")]
    changed_at: datetime.datetime
    used_by: list[SecretUse]

    @classmethod
    def of(cls, secret: models.Secret, uses: list[Pipeline]) -> Self:
        """From the row, and the pipelines that refer to it."""
        return cls(
            name=secret.name,
            version=secret.version,
            made_by=name_of(secret.made_by) if secret.made_by is not None else "",
            made_at=secret.made_at,
            changed_by=name_of(secret.changed_by) if secret.changed_by is not None else "",
            changed_at=secret.changed_at,
            used_by=[SecretUse(slug=pipeline.slug, name=pipeline.name) for pipeline in uses],
        )


class SecretList(BaseModel):
    """The secrets of a team, by name."""

    items: list[Secret]
    next: Annotated[str | None, Field(description="always null: a team has at most 500")]
    may_administer: Annotated[bool, Field(description="whether who asks may store and delete secrets")]


class SecretValue(BaseModel):
    """What a secret is set to."""

    value: Annotated[SecretStr, Field(description="at most 49152 bytes in UTF-8; it is never answered")]
