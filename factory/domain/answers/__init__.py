"""What was answered to requests that make something, so that one that comes again makes nothing again (ADR 0024)."""
