"""Teams, their members, and who is asked to become one."""

from ninja import Router

router = Router(tags=["teams"])
