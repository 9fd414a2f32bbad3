"""Refuses requests for a while where a model is out of order, so that no answer waits for it in vain."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from assistant.chains.errors import ModelError, ModelOutageError, ModelSetupError

PAUSE = 60.0
"""Seconds without requests; most endpoints count their rate limits by the minute."""

_FAILURES = 3
"""In a row. One is chance, and a request is repeated once before it counts."""


class CircuitBreaker:
    """Opens after failures in a row, or at once where the settings are wrong.

    After the pause one request goes through as a probe, and what becomes of it decides. A request
    that is cancelled tells nothing. To be used on one thread.

    Args:
        clock: monotonic, in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures = 0
        self._open_until = 0.0
        self._cause = ""

    @contextmanager
    def request(self) -> Iterator[None]:
        """Surrounds a request, and learns from how it ends.

        Raises:
            ModelError: the breaker is open.
        """
        is_probe = self._admit()
        try:
            yield
        except asyncio.CancelledError:
            if is_probe:
                self._open_until = 0.0
            raise
        except ModelOutageError as error:
            self._failed(error)
            raise
        except ModelError:  # the endpoint is well
            self._succeeded()
            raise
        self._succeeded()

    def _admit(self) -> bool:
        """Whether the request is a probe, for which the others wait."""
        left = self._open_until - self._clock()
        if left > 0:
            raise ModelError(f"前面的提问都失败了（{self._cause}），为免空等暂停提问，{left:.0f} 秒后再试")
        if self._is_tripped:
            self._open_until = self._clock() + PAUSE
        return self._is_tripped

    def _failed(self, error: ModelOutageError) -> None:
        self._failures = _FAILURES if isinstance(error, ModelSetupError) else self._failures + 1
        self._cause = str(error)
        if self._is_tripped:
            self._open_until = self._clock() + PAUSE

    def _succeeded(self) -> None:
        self._failures = 0
        self._open_until = 0.0

    @property
    def _is_tripped(self) -> bool:
        return self._failures >= _FAILURES
