"""Which document a name means: an id, title, alias, 文号, place with genre (大连意见), law with a date."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from rapidfuzz import fuzz, process

from assistant.errors import AssistantError
from assistant.lookup import ClauseFinder
from corpus import references
from corpus.model import PolicyDocument
from index.normalize import normalize_for_search
from index.store import ClauseStore

_DATE = re.compile(
    r"\(?(?P<year>(?:19|20)[0-9]{2})(?:[-年.](?P<month>[0-9]{1,2})(?:[-月.](?P<day>[0-9]{1,2}))?)?[年月日]?"
    r"(?:版本?|修订|修正|修改)?本?\)?"
)
_DATED_ID = re.compile(r"[(（](?P<date>[0-9]{4}(?:-[0-9]{2}){0,2})[)）]$")
_NEAREST, _LISTED = 3, 10


class DocumentNameError(AssistantError):
    """A name means no document of the corpus, or several."""


def named_document(store: ClauseStore, name: str) -> PolicyDocument:
    """The document that a name means.

    Raises:
        DocumentNameError: there is none, or there are several; the message lists the candidates.
    """
    wanted = name.strip()
    if not wanted:
        raise DocumentNameError("文件名称是空的；请写标题、文号、别名或来源编号，例如“大连意见”")
    if exact := next((document for document in store.documents() if document.id == wanted), None):
        return exact
    text = normalize_for_search(wanted)
    number = next((reference.number for reference in references.find(text) if reference.number), "")
    date = None if number else _DATE.search(text)
    title = f"{text[: date.start()]}{text[date.end() :]}" if date else text
    named = _named(ClauseFinder(store), title.strip(" 《》的"), number)
    found = _forwarded([document for document in named if date is None or _is_of(document, date)])
    if len(found) != 1:
        raise _unclear(wanted, found, named or _nearest(wanted, store.documents()))
    return found[0]


def _named(finder: ClauseFinder, name: str, number: str) -> Sequence[PolicyDocument]:
    """Documents that bear a number, have a title or an alias, or are of a place and genre; in all versions."""
    if number:
        return finder.names.numbered(number)
    return finder.names.titled(name) or finder.named_documents(name) or ()


def _forwarded(found: Sequence[PolicyDocument]) -> list[PolicyDocument]:
    """The documents, without notices that only forward another of them."""
    ids = {document.id for document in found}
    return [document for document in found if document.forwards not in ids]


def _is_of(document: PolicyDocument, date: re.Match[str]) -> bool:
    """Whether a document, by its own date or that in its id, is of a date, which may lack day and month."""
    wanted = "-".join(part.zfill(2) for part in date.groups() if part)
    in_id = _DATED_ID.search(document.source_id)
    return document.date.startswith(wanted) or bool(in_id and in_id["date"].startswith(wanted))


def _nearest(name: str, documents: Iterable[PolicyDocument]) -> list[PolicyDocument]:
    by_id = {document.id: document for document in documents}
    names = {id_: " ".join((d.title, d.number, *d.aliases, id_)) for id_, d in by_id.items()}
    ranked = process.extract(name, names, scorer=fuzz.partial_ratio, limit=_NEAREST)
    return [by_id[id_] for _, _, id_ in ranked]


def _unclear(
    name: str, found: Sequence[PolicyDocument], candidates: Sequence[PolicyDocument]
) -> DocumentNameError:
    listed = "；".join(_described(document) for document in (found or candidates)[:_LISTED])
    if found:
        return DocumentNameError(f"“{name}”可以指 {len(found)} 个文件，请写明日期、文号或来源编号：{listed}")
    return DocumentNameError(f"没有名为“{name}”的文件；请核对名称，最接近的是：{listed}")


def _described(document: PolicyDocument) -> str:
    facts = "，".join(filter(None, (document.number, document.date, f"编号 {document.id}")))
    return f"《{document.title}》（{facts}）"
