"""Keys and passwords of teams: kept encrypted, referenced by name, opened for the instance that asks alone."""
