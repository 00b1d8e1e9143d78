"""A team's secrets: names come out, values only go in."""

from ninja import Router

router = Router(tags=["secrets"])
