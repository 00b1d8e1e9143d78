"""The marketplace: what there is, one listing, and taking more in."""
