"""The rules of a pipeline as a graph: pure, and twins of those in the browser."""
