"""What a container promises: manifest, messages, media types and the wire format."""
