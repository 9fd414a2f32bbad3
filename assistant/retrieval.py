"""Query -> evidence: what the question names comes first, then hybrid search."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from assistant.evidence import Evidence, is_rule
from assistant.lookup import ClauseFinder
from assistant.understanding import Query
from corpus import places
from corpus.model import Clause, ClauseKind, PolicyDocument, Status
from index.clause_index import ClauseIndex
from index.model import Filter, Hit
from index.normalize import normalize_for_search

DEPTH = 20
"""Clauses that are retrieved for an answer."""

_PHRASE_ASKED = re.compile("哪|第几|提法|说法|表述|字样|出处|出自|意思|含义|指的?是|什么是|which|where|mean")
"""Who quotes a phrase and asks so wants the clause that holds it; other quotation marks only stress a word."""

_MOST_QUOTING = 3
"""Clauses that may hold what a question quotes; a phrase that more of them hold tells nothing."""

_IN_USE = tuple(status for status in Status if status not in (Status.REPEALED, Status.AMENDED))


@dataclass(frozen=True, slots=True)
class Search:
    """What the index is asked: text for the encoder, words for BM25, and which clauses may be found."""

    topic: str
    words: str
    where: Filter


@dataclass(frozen=True, slots=True)
class Retrieved:
    """Evidence in rank order. ``named`` stands for what the question names by number, which may be nothing.

    ``unknown`` is a document that the question names and the corpus does not hold; ``uncovered``
    are places that it names and no document binds.
    """

    evidence: tuple[Evidence, ...]
    named: tuple[Evidence, ...] = ()
    nearest: tuple[Clause, ...] = ()
    unknown: str = ""
    uncovered: tuple[str, ...] = ()
    known_share: float = 0.0  # of the words of the question, how many the corpus has


class Retriever:
    """Finds evidence in an index."""

    def __init__(self, index: ClauseIndex, finder: ClauseFinder) -> None:
        self._index = index
        self._finder = finder
        self._documents = {document.id: document for document in index.store.documents()}

    def retrieve(self, query: Query, depth: int = DEPTH) -> Retrieved:
        """Evidence for a query; places and documents that it names narrow the search."""
        uncovered = self._uncovered(query)
        named, nearest, unknown = self._named(query)
        search = self.search_for(query)
        if search is None:
            return Retrieved((), named, nearest, unknown, uncovered)
        hits = self._index.search(search.topic, search.where, depth, search.words)
        named = named or tuple(self._quoting(query, hits))
        rivals = self._rivals(search, hits)
        found = tuple(self._ranked(hits, rivals))
        own = {evidence.clause.id for evidence in named}
        rest = tuple(evidence for evidence in found if evidence.clause.id not in own)
        known = self._index.known_share(search.topic)
        return Retrieved((*self._with_hits(named, hits), *rest), named, nearest, unknown, uncovered, known)

    def search_for(self, query: Query) -> Search | None:
        """What to search for a query; None if no document binds any of the places that it names."""
        regions = self._regions(query)
        if regions is None:
            return None
        return Search(query.topic or query.text, query.lexical, Filter(regions=regions, statuses=_IN_USE))

    def _uncovered(self, query: Query) -> tuple[str, ...]:
        """Places that the question names and no document binds."""
        named = tuple(place.name for place in query.places if not self._binding(place))
        has_national = any(document.region == places.NATION for document in self._documents.values())
        return named if named or not query.is_national or query.places or has_national else ("国家层面",)

    def _binding(self, place: places.Place) -> tuple[PolicyDocument, ...]:
        return tuple(d for d in self._documents.values() if d.region and places.related(d.region, place))

    def _regions(self, query: Query) -> tuple[str, ...] | None:
        """Regions to search; () for all, None if no document binds any of the named places."""
        if not query.places:
            return None if self._uncovered(query) else ()
        bound = {d.region for place in query.places for d in self._binding(place)}
        unplaced = {d.region for d in self._documents.values() if not d.region}
        return tuple(sorted(bound | unplaced)) if bound else None

    def _named(self, query: Query) -> tuple[tuple[Evidence, ...], tuple[Clause, ...], str]:
        found: list[Evidence] = []
        nearest: tuple[Clause, ...] = ()
        for reference in query.references:
            text = query.reference_text
            is_unknown = self._finder.named_documents(text, reference) is None
            if not reference.parts:
                continue
            if is_unknown:
                return (), (), reference.number or f"《{reference.title}》"
            result = self._finder.resolve(reference, text, [place.name for place in query.places])
            nearest = nearest or result.nearest
            found += [
                Evidence(
                    clause, self._documents[clause.document_id], is_named=True, paragraph=result.paragraph
                )
                for unit in result.matches
                for clause in self._with_children(unit)
            ]
        return tuple(found), nearest, ""

    def _quoting(self, query: Query, hits: list[Hit]) -> Iterable[Evidence]:
        """The clauses that hold what the question quotes: “传帮带”出自哪一条."""
        clauses = [self._index.store.clause(hit.clause_id) for hit in hits]
        texts = {clause.id: normalize_for_search(clause.text) for clause in clauses}
        for phrase in query.quoted if _PHRASE_ASKED.search(query.asked) else ():
            holding = [clause for clause in clauses if phrase in texts[clause.id]]
            if 0 < len(holding) <= _MOST_QUOTING:
                return [Evidence(c, self._documents[c.document_id], is_named=True) for c in holding]
        return ()

    def _with_children(self, unit: Clause) -> Iterable[Clause]:
        """The clause, or the clauses below a heading."""
        if unit.kind is ClauseKind.CLAUSE:
            return (unit,)
        below = self._index.store.clauses(unit.document_id)
        return (c for c in below if c.path.startswith(f"{unit.path}/") and c.kind is ClauseKind.CLAUSE)

    def _rivals(self, search: Search, hits: list[Hit]) -> list[Hit]:
        """The best clauses of other places, where the question is for some places only."""
        if not search.where.regions:
            return []
        allowed = {hit.clause_id for hit in hits}
        everywhere = replace(search.where, regions=())
        found = self._index.search(search.topic, everywhere, len(hits), search.words)
        return [hit for hit in found if hit.clause_id not in allowed]

    def _ranked(self, hits: list[Hit], rivals: list[Hit]) -> Iterator[Evidence]:
        ranks: dict[str, int] = {}
        best = 0.0
        pool = [hit for hit in hits if self._is_placed(hit)] or hits  # texts of no place come and go
        mean = sum(map(_best_sentence, pool)) / max(1, len(pool))
        most_words = max((hit.lexical for hit in pool), default=0.0) or 1.0
        rival = max(map(_best_sentence, rivals), default=0.0)
        rival_words = max((hit.lexical for hit in rivals), default=0.0)
        for hit in hits:
            clause = self._index.store.clause(hit.clause_id)
            document = self._documents[clause.document_id]
            if is_rule(clause, document):  # titles and covering notices compete with no rule
                best = best or hit.score
                ranks[document.region] = ranks.get(document.region, -1) + 1
            rank = max(0, ranks.get(document.region, 0))
            sentence = _best_sentence(hit)
            yield Evidence(
                clause,
                document,
                score=hit.score,
                dense=hit.dense,
                sentence=sentence,
                margin=sentence - mean,
                words=hit.lexical / most_words,
                rank=rank,
                gap=min(0.0, hit.score - (best or hit.score)),
                elsewhere=max(0.0, rival - sentence),
                elsewhere_words=max(0.0, 1 - hit.lexical / rival_words) if rival_words else 0.0,
                sentences=hit.sentences,
            )

    def _is_placed(self, hit: Hit) -> bool:
        clause = self._index.store.clause(hit.clause_id)
        return bool(self._documents[clause.document_id].region)

    def _with_hits(self, named: tuple[Evidence, ...], hits: list[Hit]) -> Iterator[Evidence]:
        """Named clauses with the sentence scores that the search has for them."""
        sentences = {hit.clause_id: hit.sentences for hit in hits}
        for evidence in named:
            yield Evidence(
                evidence.clause,
                evidence.document,
                is_named=True,
                paragraph=evidence.paragraph,
                sentences=sentences.get(evidence.clause.id, ()),
            )


def _best_sentence(hit: Hit) -> float:
    return max((sentence.score for sentence in hit.sentences), default=hit.dense)
