"""How high an instrument stands among the sources of law."""

from __future__ import annotations

import re

from corpus.model import NOT_IN_FORCE, PolicyDocument
from corpus.places import NATION

_LEGISLATURES = ("全国人民代表大会", "全国人民代表大会常务委员会")
_LAW = re.compile(r"(?<![办做方看想])法$|法典(?: \S+)?$")
_MARKS = re.compile(r"(?:\s*[（(〔\[【][^）)〕\]】]*[）)〕\]】])+$")


def is_law(document: PolicyDocument) -> bool:
    """Whether it is a law of the nation in force, a volume of a code, or the constitution (立法法, chapter 2).

    Regulations, interpretations and policies carry laws out and are none.
    """
    is_national = document.region == NATION and document.issuer in ("", *_LEGISLATURES)
    is_in_force = document.status not in NOT_IN_FORCE
    return is_national and is_in_force and bool(_LAW.search(_MARKS.sub("", document.title).strip("《》 ")))
