"""What a team used and what it costs."""
