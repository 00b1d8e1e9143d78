"""What ran for how long, and what it cost."""

from ninja import Router

router = Router(tags=["usage"])
