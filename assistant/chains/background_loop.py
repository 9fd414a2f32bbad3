"""One event loop on a thread of its own for all requests of the process, so that any thread can stop one at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any

from assistant.chains.allowance import Allowance
from assistant.chains.errors import AnswerCancelled

Tell = Callable[[str], None]
"""Takes a piece of text as it comes."""

_loops: list[asyncio.AbstractEventLoop] = []
_lock = Lock()


def texts_of(work: Callable[[Tell], Coroutine[Any, Any, None]], allowance: Allowance) -> Iterator[str]:
    """What a coroutine tells, as it tells it. It ends when the iterator is closed or the answer cancelled.

    Raises:
        AnswerCancelled: nobody waits for the answer any more.
        Exception: what the coroutine raises, after all that it told.
    """
    told: SimpleQueue[str | None] = SimpleQueue()
    running = asyncio.run_coroutine_threadsafe(work(told.put), _loop())
    running.add_done_callback(lambda _: told.put(None))
    allowance.on_cancel(running.cancel)
    try:
        while not allowance.is_cancelled and (text := told.get()) is not None:
            yield text
    finally:
        running.cancel()
    if allowance.is_cancelled:
        raise AnswerCancelled("回答已停止")
    running.result()


def _loop() -> asyncio.AbstractEventLoop:
    """The loop, which starts with the first request."""
    with _lock:
        if not _loops:
            loop = asyncio.new_event_loop()
            Thread(target=loop.run_forever, name="language-model", daemon=True).start()
            _loops.append(loop)
        return _loops[0]
