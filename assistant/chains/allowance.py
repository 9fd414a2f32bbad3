"""What one answer may cost, over all requests that it takes."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock


class Allowance:
    """Seconds and tokens that are left to an answer, and whether somebody still waits for it. Any thread may use it."""

    def __init__(self, seconds: float, tokens: int) -> None:
        self._deadline = time.monotonic() + seconds
        self.tokens = tokens  # that the model may still write
        self.is_cancelled = False
        self._lock = Lock()
        self._stops: list[Callable[[], object]] = []

    @property
    def seconds(self) -> float:
        """Seconds that are left, 0 where none are."""
        return max(0.0, self._deadline - time.monotonic())

    def spend(self, tokens: int) -> None:
        """Takes tokens that the model has written off what is left."""
        with self._lock:
            self.tokens = max(0, self.tokens - tokens)

    def on_cancel(self, stop: Callable[[], object]) -> None:
        """Has ``stop`` called when the answer is cancelled; at once if it is already."""
        with self._lock:
            self._stops.append(stop)
            is_late = self.is_cancelled
        if is_late:
            stop()

    def cancel(self) -> None:
        """The user stopped or left: requests in flight end at once, and none begins."""
        with self._lock:
            self.is_cancelled = True
            stops = list(self._stops)
        for stop in stops:
            stop()
