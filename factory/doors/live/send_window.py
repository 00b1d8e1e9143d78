"""How much may be on its way to one socket, and how often something may be sent to it. Pure.

Daphne takes whatever it is given and never waits for the reader, so what is not acknowledged must be counted here.
"""

import collections
import dataclasses

MOST_UNACKNOWLEDGED = 64
MOST_UNACKNOWLEDGED_BYTES = 1024 * 1024
ACK_SECONDS = 8.0
MESSAGES_A_SECOND = 4
MOST_EXTRA_A_SECOND = 20
"""Messages of a client that acknowledge nothing new; those that do are as few as what was sent."""


@dataclasses.dataclass(frozen=True)
class _Sent:
    seq: int
    size: int
    at: float


class SendWindow:
    """What was sent to one socket; times are seconds of one monotonic clock."""

    def __init__(self) -> None:
        self.seq = 0
        self._unacknowledged: collections.deque[_Sent] = collections.deque()
        self._bytes = 0
        self._sent_at: collections.deque[float] = collections.deque(maxlen=MESSAGES_A_SECOND)
        self._extras: collections.deque[float] = collections.deque(maxlen=MOST_EXTRA_A_SECOND)

    def has_room_for(self, size: int) -> bool:
        """Whether a message of so many bytes may be sent; one alone always may."""
        if not self._unacknowledged:
            return True
        return len(self._unacknowledged) < MOST_UNACKNOWLEDGED and self._bytes + size <= MOST_UNACKNOWLEDGED_BYTES

    def may_send_at(self) -> float:
        """When the next message may be sent at the earliest: no more than four in any second."""
        return self._sent_at[0] + 1.0 if len(self._sent_at) == MESSAGES_A_SECOND else 0.0

    def sent(self, size: int, *, now: float) -> None:
        """A message, of number `seq + 1`, was sent."""
        self.seq += 1
        self._unacknowledged.append(_Sent(self.seq, size, now))
        self._bytes += size
        self._sent_at.append(now)

    def acknowledge(self, seq: int) -> bool:
        """The client took everything up to this number; False where that was known or was never sent."""
        if seq > self.seq or not self._unacknowledged or seq < self._unacknowledged[0].seq:
            return False
        while self._unacknowledged and self._unacknowledged[0].seq <= seq:
            self._bytes -= self._unacknowledged.popleft().size
        return True

    def overdue_at(self) -> float | None:
        """When the client will have been too slow; None while nothing is unacknowledged."""
        return self._unacknowledged[0].at + ACK_SECONDS if self._unacknowledged else None

    def takes_extra(self, *, now: float) -> bool:
        """Count a message that acknowledged nothing new; False where it is one too many within a second."""
        is_full = len(self._extras) == MOST_EXTRA_A_SECOND
        if is_full and now - self._extras[0] < 1.0:
            return False
        self._extras.append(now)
        return True
