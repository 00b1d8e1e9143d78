"""Celery: five-line tasks and the beat schedule. What happens here is only ever a reason to look again."""
