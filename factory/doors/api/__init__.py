"""The public HTTP API: version 1 under `v1`."""
