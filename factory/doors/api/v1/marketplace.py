"""What can be had: listings of components."""

from ninja import Router

router = Router(tags=["marketplace"])
