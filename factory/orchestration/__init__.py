"""Makes what is seen equal what is wanted."""
