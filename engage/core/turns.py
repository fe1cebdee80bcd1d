"""Taking turns: so many at a time, and whoever came first goes first. Nobody who comes later slips in between."""

from __future__ import annotations

import threading
from collections import deque


class Turns:
    """A number of places among the threads of one process, handed over in the order people came."""

    def __init__(self, places: int) -> None:
        """Start with all places free."""
        self._mutex = threading.Lock()
        self._free = places
        self._waiting: deque[threading.Lock] = deque()

    @property
    def free(self) -> int:
        """Return how many places nobody has at the moment."""
        return self._free

    def take(self, *, patience: float | None = None) -> bool:
        """Wait for a place, `patience` seconds at most (None: as long as it takes); tell whether we have it."""
        with self._mutex:
            if self._free:
                self._free -= 1
                return True
            called = threading.Lock()
            called.acquire()
            self._waiting.append(called)
        if called.acquire(timeout=-1 if patience is None else patience):
            return True
        with self._mutex:
            if called in self._waiting:
                self._waiting.remove(called)
                return False
        return True  # it was handed to us the moment we gave up

    def give_back(self) -> None:
        """Hand our place to whoever waits longest."""
        with self._mutex:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._free += 1
