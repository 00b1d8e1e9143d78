"""A person's own pages, and what the sign-in library asks of us."""
