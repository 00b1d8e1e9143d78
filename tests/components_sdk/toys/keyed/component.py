"""A gateway that proves by a digest that it was given a secret."""

import hashlib

from components.sdk.component import Component


class Keyed(Component):
    """Writes the SHA-256 of its key to a file."""

    def start(self) -> None:
        """Write it, and close the file."""
        digest = hashlib.sha256(self.parameters["key"].encode()).hexdigest()
        file = self.open_artifact("digest.txt", "text/plain")
        file.write(f"{digest} {len(self.parameters['spare'])} {self.parameters['note']}\n".encode())
        file.close()
