"""The shared memory of an output's raw frames: made, sealed and handed out here, never written here."""

import fcntl
import os

DEFAULT_SLOT_BYTES = 1280 * 720 * 3 // 2
"""A frame of 1280x720 in I420; a writer with larger frames asks for another ring."""
MAX_SLOT_BYTES = 64 * 1024 * 1024
MAX_SLOTS = 32
_PAGE_BYTES = 4096


class RingMemory:
    """A memfd of equal slots. Slot `i` begins at `i * slot_bytes`; there is no header.

    It cannot shrink, grow or be unsealed, and is readable by its owner alone: without both, a reader could open
    its read-only descriptor again for writing.
    """

    def __init__(self, *, wires: int, slot_bytes: int = DEFAULT_SLOT_BYTES) -> None:
        """Make the memory for an output with this many wires.

        Raises:
            ValueError: the slots are larger than `MAX_SLOT_BYTES`.
            OSError: no memory or no descriptor to be had.
        """
        if not 0 < slot_bytes <= MAX_SLOT_BYTES:
            raise ValueError(f"slots of {slot_bytes} bytes; between 1 and {MAX_SLOT_BYTES} are possible")
        self.slot_bytes = -(-slot_bytes // _PAGE_BYTES) * _PAGE_BYTES
        self.slots = min(2 + 4 * wires, MAX_SLOTS)
        self._descriptor = os.memfd_create("factory-ring", os.MFD_ALLOW_SEALING | os.MFD_CLOEXEC)
        try:
            os.ftruncate(self._descriptor, self.slots * self.slot_bytes)
            os.fchmod(self._descriptor, 0o600)
            seals = fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL
            fcntl.fcntl(self._descriptor, fcntl.F_ADD_SEALS, seals)
        except BaseException:
            os.close(self._descriptor)
            raise

    @property
    def layout(self) -> dict[str, int]:
        """`{"slots", "slot_bytes"}`, as in `messages.Attach.ring`."""
        return {"slots": self.slots, "slot_bytes": self.slot_bytes}

    def open_for_writer(self) -> int:
        """A new descriptor for the output's instance; the caller closes it."""
        return os.dup(self._descriptor)

    def open_for_reader(self) -> int:
        """A new read-only descriptor; the caller closes it."""
        return os.open(f"/proc/self/fd/{self._descriptor}", os.O_RDONLY | os.O_CLOEXEC)

    def close(self) -> None:
        """Give our own descriptor up; the memory lives as long as anyone has it mapped."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
