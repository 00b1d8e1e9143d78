"""A team's own pages: members, tokens, secrets, what was done, settings."""
