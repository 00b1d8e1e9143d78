"""The description of the API as a page for people, made from the same document that programs read."""
