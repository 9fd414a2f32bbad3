"""What a question takes a document for: its force, issuer, number, place and date."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.premises.bodies import Body, bodies
from assistant.premises.passages import Contradiction, Passage, fold
from assistant.premises.stance import Stance, stance
from assistant.understanding import Query
from corpus import places
from corpus.model import DRAFTS, PolicyDocument, Span, Status

_NOW = "印发|发布|下发|生效|施行|出台|颁布"
_TAKEN_FOR = (
    (
        (*DRAFTS, Status.REPEALED),
        re.compile(
            f"(?:已经?)?正式(?:的)?(?:{_NOW}|公布|实施|执行|通过|文件|依据|规定|政策)了?|已经?(?:{_NOW})了?"
            "|现行有效|现行的?(?:文件|方案|规定|政策|意见)"
            r"|\b(?:in force|enacted|finali[sz]ed|legally binding|(?:officially|already) issued)\b"
        ),
    ),
    (
        (Status.IN_FORCE, Status.AMENDED, Status.REPEALED),
        re.compile(
            r"征求意见\s*[0-9]*\s*稿|草案|草稿|讨论稿|送审稿|未定稿|(?:还没|尚未|没有|未)(?:正式)?(?:生效|印发|施行|定稿)"
            r"|\bdraft\b"
        ),
    ),
    ((Status.IN_FORCE,), re.compile("已经?(?:废止|失效|作废)了?|(?:废止|失效|作废)了")),
)
"""Words for a state of a document, and the statuses that they contradict."""

_OPEN = re.compile("哪|什么|何时|几|多少|等|将|拟|谁|国家|国务院|上级|中央")
_LATER = re.compile("^(?:以|之)?[后前]|^时|^稿")
_NOT = re.compile("(?:没有?|未|尚未|(?<!是)不是?|非|并非)(?:被|经)?$")
_GENRE = re.compile(
    "文件|方案|意见|通知|办法|规定|条例|稿|号文|文$|\\b(?:plan|document|opinion|notice|draft)"
)
_ISSUED = re.compile("^(?:自己|单独|独立|联合)?(?:制定|印发|发布|下发|出台|颁布|制发)")
_ASCRIBED = "(?:省|市|县|区|人民政府|政府|发布|印发|出台|制定|发|这份|那份|的)*"
_NUMBER = re.compile(r"(?P<code>[\u4e00-\u9fff]+)〔(?P<year>[0-9]{4})〕(?P<serial>[0-9]+)号")
_DATED = re.compile(
    r"(?P<year>20[0-9]{2})年(?:(?P<month>[0-9]{1,2})月(?:(?P<day>[0-9]{1,2})日)?)?(?:正式|就|才)?(?:印发|发布|下发|成文|转发|出台|公布)"
)


def contradicted(query: Query, passages: Sequence[Passage]) -> Iterator[tuple[Passage, Contradiction]]:
    """What is known of the documents of one place, where the question takes them for something else."""
    seen: set[str] = set()
    for passage in passages:
        document = passage.evidence.document
        if document.id not in seen:
            seen.add(document.id)
            yield from ((passage, found) for found in _number(query, document, passages))
            if _is_meant(query, document):
                yield from ((passage, found) for found in _known(query, document))


def _known(query: Query, document: PolicyDocument) -> Iterator[Contradiction]:
    for check in (_status, _issuer, _place, _date):
        yield from check(query, document)


def _is_meant(query: Query, document: PolicyDocument) -> bool:
    """Whether the question speaks of this document and of no other."""
    numbers = [reference.number for reference in query.references if reference.number]
    if numbers:
        return all(_is_borne(number, document) for number in numbers)
    if any(fold(name) in query.text for name in (document.title, *document.aliases)):
        return all(places.related(document.region, place) for place in query.places)
    is_of_place = [places.related(document.region, place) for place in query.places]
    return (
        bool(is_of_place) and all(is_of_place) and bool(_GENRE.search(query.text)) and not document.forwards
    )


def _is_borne(number: str, document: PolicyDocument) -> bool:
    return bool(document.number) and (
        number.endswith(document.number) or ("〔" not in number and document.number.endswith(f"〕{number}"))
    )


def _status(query: Query, document: PolicyDocument) -> Iterator[Contradiction]:
    for statuses, words in _TAKEN_FOR:
        match = words.search(query.text) if document.status in statuses else None
        if match and _is_claimed(query.text, Span(*match.span()), document.region):
            yield Contradiction(document.status, match[0], "该文件的状态")


def _is_claimed(question: str, span: Span, region: str) -> bool:
    """Whether a question takes a state as given: 已正式印发, but not 正式印发后 or 哪份是草案."""
    before = re.split("[。!?;]", question[: span.start])[-1]
    is_free = not (_OPEN.search(before) or _NOT.search(before) or _LATER.search(question[span.end :]))
    is_apart = stance(question, span, region) is Stance.APART
    return is_free and not is_apart


def _issuer(query: Query, document: PolicyDocument) -> Iterator[Contradiction]:
    own = bodies(fold(document.issuer))
    for body in bodies(query.text) if own else ():
        match = _ISSUED.search(query.text[body.span.end :])
        if match and stance(query.text, body.span, document.region) is not Stance.APART:
            start, place = _placed(query.text, body)
            home = places.leading(document.issuer)
            is_elsewhere = bool(place and home) and place != home
            if is_elsewhere or not body.is_same(own[-1]):
                asked = query.text[start : body.span.end + match.end()]
                yield Contradiction(document.issuer, asked, "发文机关")


def _placed(question: str, body: Body) -> tuple[int, places.Place | None]:
    """Where the full name of a body begins, and the place in it: 瓦房店市政府."""
    for mention in places.mentions(question):
        end = mention.start + len(mention.text)
        if mention.start < body.span.start and body.span.start - end <= 1 and end <= body.span.end:
            return mention.start, mention.place
    return body.span.start, None


def _place(query: Query, document: PolicyDocument) -> Iterator[Contradiction]:
    """A document named by its number is ascribed to a place that it does not bind: 吉林的159号文."""
    named = {
        mention.text: mention.place
        for mention in places.mentions(query.text)
        if not places.related(document.region, mention.place)
    }
    for reference in query.references if query.reference_text == query.text else ():
        number = f"(?:{re.escape(document.number)}|{re.escape(reference.number)})(?:文件|文)?"
        for name in named if reference.number else ():
            if re.search(f"{name}{_ASCRIBED}{number}|{number}(?:第.*?条)?是{name}", query.text):
                yield Contradiction(document.region, name, "该文件的适用地区")


def _date(query: Query, document: PolicyDocument) -> Iterator[Contradiction]:
    for match in _DATED.finditer(query.text) if document.date else ():
        given = [int(part) for part in match.groups() if part]
        own = [int(part) for part in document.date.split("-")]
        is_claimed = stance(query.text, Span(*match.span()), document.region) is not Stance.APART
        if is_claimed and given[: len(own)] != own[: len(given)]:
            yield Contradiction(document.date, match[0], "成文日期")


def _number(query: Query, document: PolicyDocument, passages: Sequence[Passage]) -> Iterator[Contradiction]:
    """A number that differs from one of the document, or from one that is quoted, in year or serial alone."""
    known = {document.number, *(m[0] for p in passages for m in _NUMBER.finditer(re.sub(r"\s", "", p.quote)))}
    parsed = [match for number in known if (match := _NUMBER.fullmatch(number))]
    for reference in query.references:
        asked = _NUMBER.fullmatch(reference.number)
        if asked is None or any(reference.number.endswith(match[0]) for match in parsed):
            continue
        near = [match for match in parsed if _is_near(asked, match)]
        if len(near) == 1:
            written = query.reference_text[reference.span.start : reference.span.end]
            yield Contradiction(near[0][0], written[max(0, written.find(near[0]["code"])) :], "文号")


def _is_near(asked: re.Match[str], own: re.Match[str]) -> bool:
    is_half_same = asked["year"] == own["year"] or asked["serial"] == own["serial"]
    return asked["code"].endswith(own["code"]) and is_half_same
