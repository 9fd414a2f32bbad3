"""What goes through the answer path: a question, its evidence, claims and the answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from corpus.model import Status as DocumentStatus


class Status(StrEnum):
    """Outcome of a question. Everything but ``ANSWERED`` is a declined answer."""

    ANSWERED = "answered"
    NEEDS_DETAIL = "needs_detail"  # the question alone does not say what is asked
    NOT_FOUND = "not_found"  # in scope, but the corpus does not say
    OUT_OF_SCOPE = "out_of_scope"
    UNSUPPORTED = "unsupported"  # nothing survived verification
    MODEL_UNAVAILABLE = "model_unavailable"


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier turn of the conversation; ``role`` is ``user`` or ``assistant``."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Question:
    """What a user asks, with the place chosen in the page and the turns before."""

    text: str
    region: str = ""
    history: tuple[Turn, ...] = ()


@dataclass(frozen=True, slots=True)
class Citation:
    """Document, clause and quote that carry a claim; verified before it is shown.

    ``start`` and ``end`` are offsets in the source file as decoded: the text between them,
    white space and page furniture aside, is the quote.
    """

    n: int
    clause: str  # dalian:五/（十七）
    document: str
    number: str
    label: str  # 五、（十七）
    region: str
    status: DocumentStatus
    quote: str
    start: int
    end: int


class Role(StrEnum):
    """What a claim is in its answer."""

    LEAD = "lead"  # the answer in a line, before the sentence that it rests on
    STATEMENT = "statement"
    POINT = "point"  # one of a list, in the order of the text


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement of an answer and the numbers of the citations that support it.

    ``asked`` are the words that the text repeats of the question (8年); no citation needs to state them.
    """

    text: str
    citations: tuple[int, ...]
    region: str = ""  # heading under which the page groups it
    role: Role = Role.STATEMENT
    asked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One point of a comparison: what each place says, in the order of the table's places.

    A cell without claims says that the documents held of the place have no rule on the point.
    """

    point: str
    cells: tuple[tuple[Claim, ...], ...]


@dataclass(frozen=True, slots=True)
class ComparisonTable:
    """What several places say, point by point. Its claims are those of the answer."""

    places: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class RankedClause:
    """A retrieved clause, best first."""

    clause: str
    score: float


@dataclass(frozen=True, slots=True)
class Timings:
    """Milliseconds that each step took."""

    understand: float = 0.0
    retrieve: float = 0.0
    compose: float = 0.0
    verify: float = 0.0
    total: float = 0.0


class StepKind(StrEnum):
    """What happened on the way to an answer that a language model took part in."""

    REWRITTEN = "rewritten"  # a follow-up was put as a whole question
    SEARCHED = "searched"  # the model missed evidence, and more was looked for
    REPAIRED = "repaired"  # a statement failed the check, and a second version of it passed
    DROPPED = "dropped"
    FILLED = "filled"  # quotes stand where statements were dropped or missing
    FAILED = "failed"  # the model gave nothing that can be used


@dataclass(frozen=True, slots=True)
class Step:
    """One such event: the text that it is about and the reason."""

    kind: StepKind
    text: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the user gets. A declined answer has no claims.

    Its text gives the ``reason`` and names the ``nearest`` clauses (ids), if any. The ``reason`` of an
    answer that has claims tells what it leaves out: a place without documents. ``written_by`` is the
    language model whose statements it holds, each checked; ``notice`` says why it holds none though
    one was asked, and ``steps`` what became of all that the model wrote.
    """

    question: str
    status: Status
    text: str
    claims: tuple[Claim, ...] = ()
    citations: tuple[Citation, ...] = ()
    retrieved: tuple[RankedClause, ...] = ()
    timings_ms: Timings = field(default_factory=Timings)
    reason: str = ""
    nearest: tuple[str, ...] = ()
    table: ComparisonTable | None = None
    written_by: str = ""
    notice: str = ""
    steps: tuple[Step, ...] = ()
