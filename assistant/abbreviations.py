"""Whether a name is an abbreviation of another one: 妇保法, 工伤条例."""

from __future__ import annotations

import re
from itertools import pairwise

from assistant.document_versions import LAW_END

TITLE_END = re.compile(f"{LAW_END.pattern}|(?:决定|意见|通知|方案)$")

_WORD_ENDS = "业者员"
"""Letters that make another word of the one before them: 银行业, 消费者."""


def abbreviates(key: str, name: str) -> bool:
    """Whether some letters of a name are left out, but neither the first nor the last, nor the end of a word."""
    is_framed = (name[0], kind_of(name)) == (key[0], kind_of(key)) and name[-1] == key[-1]
    return is_framed and _has_letters(name, key) and not _cuts_word(name, key)


def shares_subject(key: str, name: str) -> bool:
    """Whether a name of the same kind has the letters before the kind in a row: 安全法 can be any 安全法."""
    kind = kind_of(key)
    subject = key.removesuffix(kind)
    is_alike = bool(kind and subject) and kind == kind_of(name) and subject in name
    return is_alike and not _cuts_word(name, key)


def kind_of(name: str) -> str:
    """What kind of document a name ends with: 法 is no 办法."""
    match = TITLE_END.search(name)
    return match[0] if match else ""


def _cuts_word(name: str, key: str) -> bool:
    """Whether letters that stay together leave out the end of their word: 银行 in 银行业."""
    cut = (f"{one}{other}{end}" for one, other in pairwise(key) for end in _WORD_ENDS)
    return any(word in name and word not in key for word in cut)


def _has_letters(name: str, letters: str) -> bool:
    """Whether ``name`` has these letters in this order."""
    rest = iter(name)
    return all(letter in rest for letter in letters)
