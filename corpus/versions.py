"""Versions of one instrument in a corpus: the text with the latest date is in force, the older ones are not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from corpus.model import DRAFTS, NOT_IN_FORCE, PolicyDocument, Status

_TO_THE_DAY = len("2018-12-31")
_VERSION_MARK = re.compile(r"[（(][^（）()]*(?:修订|修正|修改|草案|稿)[^（）()]*[）)]$")
_REVISED = re.compile("(?:法|法典|条例|办法|规定|规则|细则|解释)$")
"""Kinds of instruments that are revised under their name. Notices and plans come anew every year under one."""


def with_superseded(documents: Iterable[PolicyDocument]) -> tuple[PolicyDocument, ...]:
    """The documents, with 已修订 as status of those that the corpus holds in a later version.

    A later version has the same title and place, a later date (both to the day), and is neither a draft
    nor repealed. What a text or the catalog says of a status stays.
    """
    known = tuple(documents)
    latest: dict[tuple[str, str], str] = {}
    for document in known:
        if document.status not in (*DRAFTS, Status.REPEALED) and len(document.date) == _TO_THE_DAY:
            key = _instrument(document)
            latest[key] = max(latest.get(key, ""), document.date)
    return tuple(
        replace(document, status=Status.AMENDED)
        if _is_older(document, latest.get(_instrument(document), ""))
        else document
        for document in known
    )


def are_versions(one: PolicyDocument, other: PolicyDocument) -> bool:
    """Whether both are texts of one instrument: the same title and place, as far as known, drafts included."""
    return _are_one(_instrument(one), _instrument(other))


def version_groups(documents: Iterable[PolicyDocument]) -> Iterator[list[PolicyDocument]]:
    """The versions among some documents, one list for each instrument that they are texts of."""
    found = [(_instrument(document), document) for document in documents]
    for instrument in dict.fromkeys(own for own, _ in found):
        yield [document for own, document in found if _are_one(instrument, own)]


def successors(documents: Iterable[PolicyDocument]) -> dict[str, PolicyDocument]:
    """The text in force of each instrument, by the ids of its texts that are 已修订."""
    found = [(_instrument(document), document) for document in documents]
    in_force = {instrument: document for instrument, document in found if document.status not in NOT_IN_FORCE}
    return {
        document.id: in_force[instrument]
        for instrument, document in found
        if document.status is Status.AMENDED and instrument in in_force
    }


def _is_older(document: PolicyDocument, latest: str) -> bool:
    is_dated = len(document.date) == _TO_THE_DAY and document.date < latest
    return is_dated and document.status is Status.UNKNOWN and bool(_REVISED.search(_instrument(document)[0]))


def _are_one(one: tuple[str, str], other: tuple[str, str]) -> bool:
    (title, region), (other_title, other_region) = one, other
    return title == other_title and (region == other_region or not region or not other_region)


def _instrument(document: PolicyDocument) -> tuple[str, str]:
    return _VERSION_MARK.sub("", "".join(document.title.split())), document.region
