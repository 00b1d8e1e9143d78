"""Who did what in a team."""

from ninja import Router

router = Router(tags=["audit"])
