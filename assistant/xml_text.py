"""Text that XML can hold, for JUnit files and Office files."""

from __future__ import annotations

import re

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def xml_text(text: str) -> str:
    """``text`` without the characters that XML 1.0 cannot hold: most control characters, lone surrogates."""
    return _ILLEGAL.sub("", text)
