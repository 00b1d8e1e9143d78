"""WebSockets to browsers: a snapshot, then what changes."""
