"""A source that comes to its own end, or goes on for ever."""

from components.sdk.component import Source
from components.sdk.frames import DataMessage


class Counting(Source):
    """Counts to ten; for ever where the count is 0."""

    def run(self) -> None:
        """Count."""
        number = 0
        while not self.stopping.wait(0.002):
            number += 1
            self.outputs["numbers"].write(DataMessage("number", number, b"", self.clock.now()))
            if number == self.parameters["count"]:
                return
