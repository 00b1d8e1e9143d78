"""Executions of a version: what they were asked, what was seen of them, and how they may change."""
