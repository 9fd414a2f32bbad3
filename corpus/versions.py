"""Versions of one instrument in a corpus: the text with the latest date is in force, the older ones are not."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from corpus.model import DRAFTS, PolicyDocument, Status

_VERSION_MARK = re.compile(r"[（(][^（）()]*(?:修订|修正|修改|19\d\d|20\d\d)[^（）()]*[）)]$")


def with_superseded(documents: Iterable[PolicyDocument]) -> tuple[PolicyDocument, ...]:
    """The documents, with 已修订 as status of those that the corpus holds in a later version.

    A later version has the same title and place, a later date, and is no draft. What a text or the
    catalog says of a status stays.
    """
    known = tuple(documents)
    latest: dict[tuple[str, str], str] = {}
    for document in known:
        if document.status not in DRAFTS:
            key = _instrument(document)
            latest[key] = max(latest.get(key, ""), document.date)
    return tuple(
        replace(document, status=Status.AMENDED)
        if document.status is Status.UNKNOWN and "" < document.date < latest[_instrument(document)]
        else document
        for document in known
    )


def _instrument(document: PolicyDocument) -> tuple[str, str]:
    return _VERSION_MARK.sub("", "".join(document.title.split())), document.region
