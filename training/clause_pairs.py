"""Pairs that a clause makes by itself: its headings, its purpose, its opening, who is responsible, what it cites."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from random import Random

from corpus.labels import label_of
from corpus.references import Anchor, Reference
from index.sentences import split_sentences
from training.collection import Collection, plain_title
from training.rows import Pair

_MOST_UNDER_HEADING = 12
"""Clauses under one heading, beyond which it says too little of each."""

_PURPOSE = re.compile(
    r"(?:^|[。\s])为了?(?P<purpose>[^。]{8,120}?)，(?:根据|依据|依照|按照|结合|经|制定|特制定|现)"
)
_RESPONSIBLE = re.compile(
    r"(?:部门|机关|委员会|机构|政府|法院|检察院|银行|局)(?:依法|应当|统一|具体)?(?:负责|主管)"
    r"(?!人|部门|机关|机构|单位|任|管|者|制)(?P<task>[\u4e00-\u9fff、]{4,36})(?=[。；，])"
)
_WHO = ("谁负责{task}？", "哪个部门负责{task}？", "{task}由哪个部门负责", "{task} 主管部门")
_VAGUE_TASK = re.compile(
    "的机构|的(?:单位|人员|事项|专项规划)$|^组织(?:实施|协调|调查处理)$|^(?:[并该其所的]|由其|具体|有关|相关|上述|前款|处理|执行|解释|本(?:法|条例|办法|规定|细则)的?(?:组织|监督|贯彻)*(?:实施|执行|解释))"
)
_LOCAL = re.compile("本(?:行政区域|辖区|地区|法|条例|办法|规定|市|省|级)|全[市省]")
"""What is not known without the document's title."""
_LEADING = re.compile(r"(?:依照|按照|根据|适用|违反|符合)?(?:《》)?[、和或者以及]*的?规定的?|[《》]")
_LEAST = 12  # characters of a text that says something
_LEAST_TOPICAL = 6  # different characters of the words that name something, in a query that stands by itself

READ = 250
"""Characters of a clause that the encoder reads for certain: what stands behind them answers no query."""


def headings(collection: Collection, at: int, random: Random) -> Iterator[Pair]:
    """Heading -> clause: its own, or that of a short division; a heading of many documents with the title."""
    clause = collection.clause(at)
    under = frozenset([at]) if clause.heading else collection.under(at)
    heading = clause.heading or " ".join(clause.ancestors[-1:])
    if len(heading) >= 4 and len(under) <= _MOST_UNDER_HEADING:
        is_general = collection.documents_headed(heading) > 1 or is_thin(collection, heading)
        title = plain_title(collection.document(at).title) if is_general or random.random() < 0.5 else ""
        yield _pair(collection, "headings", f"{title} {heading}".strip(), at, under)


def purposes(collection: Collection, at: int, random: Random) -> Iterator[Pair]:
    """The purpose that a law states of itself -> an article of its beginning; all its articles are of it."""
    found = _PURPOSE.search(collection.clause(at).text)
    if found:
        own = collection.of_document(collection.clause(at).document_id)
        first = own.index(at)
        title = plain_title(collection.document(at).title)
        purpose = found["purpose"]
        query = random.choice([purpose, f"{title} {purpose}", f"{title}是为了什么制定的？"])
        yield _pair(collection, "purposes", query, random.choice(own[first : first + 3]), frozenset(own))


def openings(collection: Collection, at: int, random: Random) -> Iterator[Pair]:  # noqa: ARG001
    """The first sentence of a clause -> its rest; with the title where the sentence says too little."""
    text = body(collection, at)
    spans = split_sentences(text)
    if len(spans) > 1:
        first, rest = text[: spans[0].end], " ".join(text[spans[1].start :].split())
        if min(len(first), len(rest)) >= _LEAST and len(first) <= 80:
            passage = f"{collection.document(at).title} {rest}"
            query = first.rstrip("：:。；")
            if is_thin(collection, query):
                query = titled(collection, at, query)
            yield Pair("openings", query, passage, at, frozenset([at]))


def units(collection: Collection, at: int, random: Random) -> Iterator[Pair]:
    """What a body is responsible for -> the clause that says so."""
    clause = collection.clause(at)
    if clause.units and clause.heading:
        task = clause.heading
    else:
        found = _RESPONSIBLE.search(body(collection, at)[:READ])
        task = found["task"].strip("的、") if found else ""
    if not task or "部门" in task or _VAGUE_TASK.search(task):
        return
    query = random.choice(_WHO).format(task=task)
    if _LOCAL.search(task) or is_thin(collection, task):
        query = titled(collection, at, query)
    yield _pair(collection, "units", query, at, frozenset([at]))


def references(collection: Collection, at: int, random: Random) -> Iterator[Pair]:
    """A sentence that cites an article -> that article. The words that name it are taken out."""
    clause = collection.clause(at)
    found = list(collection.store.references_in(clause.id))
    random.shuffle(found)
    for reference in found:
        target = _target(collection, at, reference)
        query = _around(clause.text, reference, found)
        if target is not None and target != at and len(query) >= _LEAST and not is_thin(collection, query):
            yield _pair(collection, "references", query, target, frozenset([target, at]))
            return


def is_thin(collection: Collection, topic: str) -> bool:
    """Whether a topic names too little to be asked about without the title of a document."""
    return len(set("".join(collection.tokenizer.topic_words(topic)))) < _LEAST_TOPICAL


def titled(collection: Collection, at: int, query: str) -> str:
    """A query behind the title of the document that it asks about."""
    return f"{plain_title(collection.document(at).title)}：{query}"


def body(collection: Collection, at: int) -> str:
    """The text of a clause without its number."""
    text = collection.clause(at).text
    label = label_of(text)
    return text[label.end if label else 0 :].strip()


def _target(collection: Collection, at: int, reference: Reference) -> int | None:
    """The one article that a reference names by its number."""
    if not reference.parts or reference.since or reference.parts[-1].style is not None:
        return None
    if reference.anchor is Anchor.NAME:
        document = collection.titled(reference.title) if reference.title else None
    else:
        document = collection.clause(at).document_id if reference.anchor is Anchor.DOCUMENT else None
    if document is None:
        return None
    last = reference.parts[-1]
    named = collection.store.numbered(last.number, last.branch, [document])
    positions = collection.at(id_ for id_, is_clause in named if is_clause)
    return positions[0] if len(positions) == 1 else None


def _around(text: str, reference: Reference, all_: Sequence[Reference]) -> str:
    """The sentence of a reference without references, and without the words that only lead to them."""
    start = reference.span.start
    sentence = next(s for s in split_sentences(text) if start < s.end)
    inside = [r.span for r in all_ if sentence.start <= r.span.start and r.span.end <= sentence.end]
    rest = text[sentence.start : sentence.end]
    for span in sorted(inside, key=lambda span: -span.start):
        rest = rest[: span.start - sentence.start] + rest[span.end - sentence.start :]
    label = label_of(rest)
    rest = _LEADING.sub("", rest[label.end if label else 0 :])
    return " ".join(rest.split()).strip("，。；、：:")[:120]


def _pair(collection: Collection, kind: str, query: str, at: int, clauses: frozenset[int]) -> Pair:
    return Pair(kind, query, collection.text(at), at, clauses | {at})
