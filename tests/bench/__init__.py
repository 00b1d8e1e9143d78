"""The bars, measured: `make bench`, or `make bench ONLY=name`."""
