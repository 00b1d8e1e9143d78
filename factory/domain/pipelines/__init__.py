"""Pipelines that teams own: a draft to edit, immutable versions, one of them published."""
