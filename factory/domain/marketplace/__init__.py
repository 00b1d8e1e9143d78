"""What people choose components by: listings, who uses what, and what it costs."""
