"""What a member may do in a team, as one word each."""

import enum


class Role(enum.StrEnum):
    """A member's role in one team."""

    OWNER = "owner"
    """Everything, and the team itself: its name, its end, its owners."""
    ADMIN = "admin"
    """Everything but the team's end and its owners."""
    DEVELOPER = "developer"
    """Changes and publishes pipelines and components."""
    OPERATOR = "operator"
    """Starts and stops runs."""
    VIEWER = "viewer"
    """Sees."""
    BILLING = "billing"
    """Sees and pays the bills, and nothing else."""
