"""How high an instrument stands among the sources of law."""

from __future__ import annotations

import re

from corpus.model import PolicyDocument
from corpus.places import NATION

_LEGISLATURES = ("全国人民代表大会", "全国人民代表大会常务委员会")
_LAW = re.compile("(?<![办做方看想])法$|法典$")
_MARK = re.compile(r"[（(][^（）()]*[）)]$")


def is_law(document: PolicyDocument) -> bool:
    """Whether it is a law, or the constitution: what the national legislature passes (立法法, chapter 2).

    Regulations, rules and policies carry laws out and are none.
    """
    if document.region not in ("", NATION):
        return False
    name, _, _ = _MARK.sub("", document.title.strip()).partition(" ")  # a code without its volume
    return document.issuer in _LEGISLATURES or bool(_LAW.search(name))
