"""A sink that writes what comes to a file."""

from components.contract.node_states import NodeState
from components.sdk.component import Sink
from components.sdk.frames import DataMessage, Frame


class Writing(Sink):
    """One line a message."""

    def start(self) -> None:
        """Open the file."""
        self.file = self.open_artifact(self.parameters["name"], "text/plain")

    def receive(self, port: str, frame: Frame) -> None:
        """Write a line."""
        assert isinstance(frame, DataMessage)
        self.file.write(f"{frame.meta}\n".encode() + frame.payload)

    def ended(self, port: str) -> None:
        """Say so in the file."""
        self.file.write(f"{port} ended\n".encode())

    def stop(self) -> None:
        """Close the file, or fail to."""
        if self.parameters["at_end"] == "break":
            raise OSError("no space left")
        self.file.close()
        if self.parameters["at_end"] == "fail":
            self.set_state(NodeState.FAILED, "it is not whole")
