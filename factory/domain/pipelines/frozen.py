"""Keeps numbered versions as they are: nothing that belongs to one can be added, changed or removed alone.

Deleting a pipeline takes its versions along; Django's collector does that below the doors guarded here.
"""

from collections.abc import Collection, Iterable
from typing import Any, ClassVar, Self

from django.db import models

from factory.foundation.errors import UserError


class FrozenVersion(UserError):
    """Someone tried to change a version that has a number."""

    id: ClassVar[str] = "pipelines:user:frozen-version"

    def __init__(self) -> None:
        super().__init__("A numbered version never changes; edit the draft and freeze it as a new version.")


class FrozenRows(models.QuerySet[Any]):
    """Versions, or rows of them: those with a number are only ever read."""

    number_path: ClassVar[str]
    """From a row to its version's number."""

    def refuse_frozen(self) -> Self:
        """These rows.

        Raises:
            FrozenVersion: one of them belongs to a numbered version.
        """
        if self.filter(**{f"{self.number_path}__isnull": False}).exists():
            raise FrozenVersion
        return self

    def refuse_arrivals(self, rows: Collection[Any]) -> None:
        """Look at rows before they are written: where they stand now, and where they would stand.

        Raises:
            FrozenVersion: either is a numbered version.
        """
        raise NotImplementedError

    def update(self, **changes: Any) -> int:
        """As Django's, for rows of drafts alone; no row moves from one version to another."""
        if "version" in changes or "version_id" in changes:
            raise FrozenVersion
        self.refuse_frozen()
        return super().update(**changes)

    def delete(self) -> tuple[int, dict[str, int]]:
        """As Django's, for rows of drafts alone."""
        self.refuse_frozen()
        return super().delete()

    def bulk_create(self, objs: Iterable[Any], *arguments: Any, **options: Any) -> list[Any]:
        """As Django's, for rows of drafts alone."""
        rows = list(objs)
        self.refuse_arrivals(rows)
        return super().bulk_create(rows, *arguments, **options)

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]
