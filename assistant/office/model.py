"""What is read out of an uploaded file, and where in it people find it."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from assistant.errors import AssistantError
from corpus.model import Span

MOST_CHARACTERS = 2_000_000
"""Characters that a file may say: some 2,500 pages."""


class UploadError(AssistantError):
    """A file cannot be read; the message names it, the reason and the remedy."""


def too_long(name: str) -> UploadError:
    """What is said of a file with more than :data:`MOST_CHARACTERS`."""
    return UploadError(f"文件“{name}”超过 {MOST_CHARACTERS:,} 个字；请拆成几个文件后再上传")


@dataclass(frozen=True, slots=True)
class Piece:
    """Text that stands at one place of a file, with the line feed that ends it, if any does."""

    text: str
    place: str  # what people call it: 第3页, 表2 第4行第1列, 工作表“名单” B7, 脚注5


@dataclass(frozen=True)
class Upload:
    """The text of a file. Joined in order, the ``pieces`` are the whole ``text``.

    ``remarks`` tell in Chinese what a reader of the result should know: tracked changes, hidden text,
    pages without text.
    """

    name: str
    pieces: tuple[Piece, ...]
    remarks: tuple[str, ...] = ()

    @cached_property
    def text(self) -> str:
        """All that the file says."""
        return "".join(piece.text for piece in self.pieces)

    def place_of(self, span: Span) -> str:
        """What people call the place of a range of ``text``: 第3页, or 第3页至第4页."""
        first, last = (self._piece_at(offset).place for offset in (span.start, max(span.start, span.end - 1)))
        return first if first == last else f"{first}至{last}"

    def _piece_at(self, offset: int) -> Piece:
        return self.pieces[max(0, bisect_right(self._starts, offset) - 1)]

    @cached_property
    def _starts(self) -> list[int]:
        return list(accumulate((len(piece.text) for piece in self.pieces[:-1]), initial=0))
