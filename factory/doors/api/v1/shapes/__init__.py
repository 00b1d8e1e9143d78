"""JSON shapes of what goes in and out; the description of the API and the editor's types are made from them."""
