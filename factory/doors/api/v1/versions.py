"""The numbered versions of a pipeline, and what differs between two."""

from ninja import Router

router = Router(tags=["versions"])
