"""Which of several versions of an instrument is meant."""

from __future__ import annotations

import re

from corpus.model import PolicyDocument, Status
from corpus.versions import version_groups

LAW_END = re.compile("(?:法典|法|条例|办法|规定|规则|细则|解释)$")
"""How the titles of instruments end that are revised under their name."""

_FILE_DATE = re.compile(r"\((?P<date>(?:19|20)\d{2}-\d{2}-\d{2})\)$")


def versions_meant(documents: tuple[PolicyDocument, ...], date: str) -> tuple[PolicyDocument, ...]:
    """Of several versions of an instrument those of a date (2018, 2018-10-26), else the one then in force.

    Without a date those that are in force now. tuple[PolicyDocument, ...] that have no other version there stay as they are.
    """
    chosen: set[str] = set()
    for versions in version_groups(documents):
        chosen.update(version.id for version in (_of_date(versions, date) if date else _current(versions)))
    return tuple(document for document in documents if document.id in chosen)


def versions_at(documents: tuple[PolicyDocument, ...], date: str) -> tuple[PolicyDocument, ...]:
    """Of several versions of an instrument the one that a text of this date means, else those in force now."""
    return (versions_meant(documents, date) if date else ()) or versions_meant(documents, "")


def _current(versions: list[PolicyDocument]) -> list[PolicyDocument]:
    """The versions in force; of laws of unknown status the latest, as the names of their files date them."""
    in_force = [document for document in versions if document.status not in (Status.AMENDED, Status.REPEALED)]
    latest = max((date for document in in_force for date in _dates(document)), default="")
    newest = [
        document
        for document in in_force
        if document.status is not Status.UNKNOWN
        or not LAW_END.search(document.title)
        or latest in _dates(document)
    ]
    return newest or in_force or versions


def _of_date(versions: list[PolicyDocument], date: str) -> list[PolicyDocument]:
    exact = [version for version in versions if any(own.startswith(date) for own in _dates(version))]
    if exact or len(versions) == 1:
        return exact or [version for version in versions if min(_dates(version), default="") <= date + "~"]
    earlier = [version for version in versions if version.date and version.date <= date + "~"]
    return [max(earlier, key=lambda version: version.date)] if earlier else []


def _dates(document: PolicyDocument) -> tuple[str, ...]:
    """Dates of a document, with the one in the name of its file."""
    match = _FILE_DATE.search(document.source_id)
    return tuple(filter(None, (document.date, match["date"] if match else "")))


def file_name(document: PolicyDocument) -> str:
    """The name of the file of a document without the date in it."""
    return _FILE_DATE.sub("", document.source_id.rpartition("/")[2])
