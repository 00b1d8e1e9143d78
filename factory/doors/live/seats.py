"""How many sockets a person, and everybody together, may have open in this process. Pure."""

import collections

MOST_A_USER = 20


class Seats:
    """Counts those that are taken.

    Args:
        most: for everybody together.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._taken: collections.Counter[int] = collections.Counter()

    def take(self, user_id: int) -> bool:
        """One seat for this person; False where there is none."""
        if self._taken[user_id] >= MOST_A_USER or self._taken.total() >= self._most:
            return False
        self._taken[user_id] += 1
        return True

    def free(self, user_id: int) -> None:
        """Give one back."""
        self._taken[user_id] -= 1
        if not self._taken[user_id]:
            del self._taken[user_id]
