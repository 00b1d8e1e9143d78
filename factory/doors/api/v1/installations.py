"""Taking components into the installation."""

from ninja import Router

router = Router(tags=["installations"])
