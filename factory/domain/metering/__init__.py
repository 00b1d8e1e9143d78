"""What ran for how long, from the engine's own times; knows no money."""
