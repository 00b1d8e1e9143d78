"""The addresses of a pipeline's gateways, and the tokens that open them."""

from ninja import Router

router = Router(tags=["endpoints"])
