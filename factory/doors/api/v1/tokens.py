"""API tokens: what programs come in with."""

from ninja import Router

router = Router(tags=["tokens"])
