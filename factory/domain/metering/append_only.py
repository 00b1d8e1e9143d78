"""Rows that are written once: whoever tries to change or delete one is refused, here and by PostgreSQL itself."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.db import models

from factory.foundation.errors import OurError


class NeverChanged(OurError):
    """Someone tried to change or delete what is only ever added to."""

    id: ClassVar[str] = "metering:ours:never-changed"


class AppendedRows(models.QuerySet[Any]):
    """Rows that are read and added to."""

    def update(self, **changes: Any) -> int:
        """Refuse.

        Raises:
            NeverChanged: always.
        """
        raise _refusal(self.model, "changed")

    def delete(self) -> tuple[int, dict[str, int]]:
        """Refuse.

        Raises:
            NeverChanged: always.
        """
        raise _refusal(self.model, "deleted")

    def bulk_create(self, objs: Iterable[Any], *arguments: Any, **options: Any) -> list[Any]:
        """As Django's, for rows that are not there.

        Raises:
            NeverChanged: rows that are there would be changed.
        """
        if options.get("update_conflicts"):
            raise _refusal(self.model, "changed")
        return super().bulk_create(objs, *arguments, **options)

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]


class AppendOnly(models.Model):
    """What is written once; a mistake is mended by another row that says so."""

    objects: ClassVar[Any] = AppendedRows.as_manager()

    class Meta:
        """Its subclasses are the tables."""

        abstract = True

    def save(self, *arguments: Any, **options: Any) -> None:
        """Write a row that is not there.

        Raises:
            NeverChanged: it is.
        """
        if not self._state.adding:
            raise _refusal(type(self), "changed")
        super().save(*arguments, **{**options, "force_insert": True})

    def delete(self, *arguments: Any, **options: Any) -> tuple[int, dict[str, int]]:
        """Refuse.

        Raises:
            NeverChanged: always.
        """
        raise _refusal(type(self), "deleted")


def _refusal(model: type[models.Model], deed: str) -> NeverChanged:
    return NeverChanged(f"{model.__name__} rows are never {deed}; write another row that corrects this one.")
