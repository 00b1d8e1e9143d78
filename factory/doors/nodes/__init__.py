"""The control sockets of running instances, and the host agent that plumbs, watches and enforces."""
