"""Version 1 of the API: one file a resource, beside what all of them share."""
