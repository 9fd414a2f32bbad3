"""Whole replies of a language model, in memory."""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from typing import Any

_SIZE = 256
"""Replies; at some kilobytes each, about a megabyte."""


class ReplyCache:
    """The replies that were asked for last, by a digest of everything that they depend on.

    Prompts are not kept. To be used on one thread.
    """

    def __init__(self) -> None:
        self._replies: OrderedDict[str, str] = OrderedDict()

    def get(self, key: str) -> str | None:
        """The reply of this key, None where none is known."""
        if key in self._replies:
            self._replies.move_to_end(key)
        return self._replies.get(key)

    def put(self, key: str, reply: str) -> None:
        """Keeps a reply, in the place of the one that was not asked for longest."""
        self._replies[key] = reply
        self._replies.move_to_end(key)
        if len(self._replies) > _SIZE:
            self._replies.popitem(last=False)


def cache_key(**parts: Any) -> str:
    """A digest of everything that a reply depends on."""
    text = json.dumps(parts, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
