"""How an instance is run on a machine."""
