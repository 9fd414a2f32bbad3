"""Whether the corpus holds what a question expects: its gold clauses, its place, its facts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rapidfuzz import fuzz, process

from assistant.evaluation.metrics import FRAME, normalized, without_paragraph
from assistant.evaluation.sets.cases import UNCHECKED, CaseFields, GoldClause
from assistant.evaluation.sets.gold import GoldFinder
from assistant.evaluation.sets.rows import Flaw
from corpus import places, references
from corpus.model import ClauseKind
from index.store import ClauseStore

_NEAREST = 3
_MOST_SOURCES = 10


class CorpusChecks:
    """Compares questions with the corpus, and with the questions seen before."""

    def __init__(self, store: ClauseStore) -> None:
        self._store = store
        self._finder = GoldFinder(store)
        self._sources = list(store.source_digests())
        self._asked: dict[tuple[object, ...], str] = {}

    def problems(self, fields: CaseFields) -> Iterator[Flaw]:
        """What cannot be right: a place or clause that does not exist."""
        if fields.scope and fields.scope != places.NATION and not places.named(fields.scope):
            known = "、".join(dict.fromkeys(d.region for d in self._store.documents() if d.region))
            yield Flaw("scope", fields.scope, f"不是省、市、区县的名称；语料库里有 {known}")
        for gold in fields.gold:
            if reason := self._wrong(gold):
                yield Flaw("gold", _name(gold), reason)

    def warnings(self, fields: CaseFields, place: str) -> Iterator[Flaw]:
        """What is odd about a question without problems at ``place`` of its file."""
        if fields.note.startswith(UNCHECKED):
            yield Flaw("note", fields.note, f"还没有人核对；请核对依据条款，再删去“{UNCHECKED}”")
        yield from self._repeated(fields, place)
        for clause in self._finder.clauses(fields.gold):
            if clause.kind is ClauseKind.SECTION:
                yield Flaw("gold", clause.id, "只是标题，回答不会引用它；请改成它下面的条款")
        texts = [normalized(clause.text) for clause in self._finder.clauses(_with_frame(fields.gold))]
        for group in fields.must_include:
            if not any(normalized(fact) in text for fact in group for text in texts):
                yield Flaw("must_include", group, "依据条款里没有这些文字；请核对原文")
        for given in fields.must_not_include:
            if any(normalized(given) in text for text in texts):
                yield Flaw("must_not_include", given, "依据条款里有这些文字，逐字引用的回答会被判错；请核对")

    def _repeated(self, fields: CaseFields, place: str) -> Iterator[Flaw]:
        history = tuple(turn.content for turn in fields.history)
        first = self._asked.setdefault((normalized(fields.question), fields.scope, history), place)
        if first != place:
            yield Flaw("question", fields.question, f"与{first}是同一个问题；不需要的请删除")

    def _wrong(self, gold: GoldClause) -> str:
        """Why there is no such clause, and what was perhaps meant; "" where there is one."""
        if gold.doc not in self._sources:
            known = self._sources
            if len(known) > _MOST_SOURCES:
                known = [*_similar(gold.doc, known), f"……（共 {len(known):,} 个来源）"]
            return f"没有来源“{gold.doc}”；可用 {'、'.join(known)}"
        found = self._finder.clauses([gold])
        if not found:
            return f"没有这一条款；最接近的是 {'、'.join(self._nearest(gold))}"
        if len(found) > 1:
            return f"不止一条：{'、'.join(clause.path for clause in found[:_MOST_SOURCES])}；请写完整路径"
        paragraphs = max(1, len(found[0].paragraphs))
        number = re.search(r"#(\d+)$", gold.clause)
        if number and not 1 <= int(number[1]) <= paragraphs:
            return f"没有这一段：该条款有 {paragraphs} 段；请改正 # 后的段号，或删去"
        return ""

    def _nearest(self, gold: GoldClause) -> list[str]:
        """Paths of the same number in another form (第54条), else paths that look alike."""
        clauses = self._store.source(gold.doc).clauses
        paths = [clause.path for clause in clauses if clause.kind is ClauseKind.CLAUSE]
        parts = next((reference.parts for reference in references.find(gold.clause)), ())
        same = [path for path in paths if references.matches(parts, path)]
        return same[:_NEAREST] or _similar(without_paragraph(gold.clause), paths)


def _similar(text: str, names: Sequence[str]) -> list[str]:
    return [name for name, *_ in process.extract(text, names, scorer=fuzz.ratio, limit=_NEAREST)]


def _with_frame(gold: Sequence[GoldClause]) -> list[GoldClause]:
    """The gold clauses; of a document whose frame is meant, all parts of it."""
    docs = dict.fromkeys(item.doc for item in gold if without_paragraph(item.clause) in FRAME)
    return [*gold, *(GoldClause(doc=doc, clause=part) for doc in docs for part in FRAME)]


def _name(gold: GoldClause) -> str:
    return f"{gold.doc}:{gold.clause}"
