"""The ground floor: errors, clock, ids. Nothing else without an ADR."""
