"""A team's credit, its cap and its ledger."""

from ninja import Router

router = Router(tags=["billing"])
