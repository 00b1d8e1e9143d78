"""Small components for the tests of the sdk."""
