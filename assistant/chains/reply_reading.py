"""One reply of a model as its pieces come: what of it is text for the reader, and whether it is one at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.chains.errors import ModelError, ModelOutageError

if TYPE_CHECKING:
    from langchain_core.messages import AIMessageChunk

TOKENS_A_CHARACTER = 0.6
"""Chinese text; English has 0.3. From the documentation of DeepSeek, and Qwen's is close to it."""

_MOST_CHARACTERS = 4
"""A token. Who writes more of them does not heed the bound that the request states."""

_TOOL_CALL = {"tool_calls", "function_call"}

_BEGIN, _END = "<think>", "</think>"


class ReplyReader:
    """Reads the pieces of a reply.

    Args:
        tokens: that the reply may have. An endpoint that goes on beyond is cut.
    """

    def __init__(self, tokens: int) -> None:
        self._bound = tokens * _MOST_CHARACTERS
        self._characters = 0
        self._told_tokens = 0
        self._finish = ""
        self._reasoning = _Reasoning()
        self._shown: list[str] = []

    def read(self, piece: AIMessageChunk) -> str:
        """The text of a piece that is no reasoning.

        Raises:
            ModelError: the model calls a tool, of which it was offered none.
        """
        self._finish = piece.response_metadata.get("finish_reason") or self._finish
        if piece.tool_call_chunks or self._finish in _TOOL_CALL:
            raise ModelError("它没有作答，而要调用工具；请换一个模型，或关闭服务端的工具调用")
        if piece.usage_metadata:
            self._told_tokens = max(0, int(piece.usage_metadata["output_tokens"]))
        self._characters += len(piece.text)
        return self._show(self._reasoning.without(piece.text))

    def _show(self, text: str) -> str:
        shown = text if self._shown else text.lstrip()
        if shown:
            self._shown.append(shown)
        return shown

    def end(self) -> str:
        """What was held back, once no piece follows.

        Raises:
            ModelError: this is no reply: refused, broken off, or without any text.
        """
        if self._finish == "content_filter":
            raise ModelError("内容审查拦下了回答；请换一种问法")
        if not self._finish and not self.is_too_long:
            raise ModelOutageError("回答中途断开；请稍后再试")
        rest = self._show(self._reasoning.rest())
        if not self._shown:
            raise ModelError(self._why_empty())
        return rest

    def _why_empty(self) -> str:
        if self._finish == "length" or self.is_too_long:
            return "思考用完了字数，没有写出回答；请调大 POLICY_LLM_MAX_TOKENS，或换一个不思考的模型"
        return "它没有写出任何文字，也可能是拒绝作答；请换一种问法或换一个模型"

    @property
    def reply(self) -> str:
        """The text so far."""
        return "".join(self._shown)

    @property
    def has_begun(self) -> bool:
        """Whether the model has written anything."""
        return self._characters > 0

    @property
    def is_too_long(self) -> bool:
        """Whether the reply must be cut here."""
        return self._characters > self._bound

    @property
    def is_whole(self) -> bool:
        """Whether the model has come to an end by itself."""
        return self._finish == "stop"

    @property
    def tokens(self) -> int:
        """That the model has written: told by the endpoint, or estimated."""
        return self._told_tokens or round(self._characters * TOKENS_A_CHARACTER)


class _Reasoning:
    """Leaves out the reasoning with which a reply may begin, however its pieces are cut."""

    def __init__(self) -> None:
        self._held = ""
        self._is_inside = False
        self._is_over = False

    def without(self, text: str) -> str:
        """What of the next piece is no reasoning; what may still become reasoning is held back."""
        self._held += text
        if not (self._is_inside or self._is_over):
            begun = self._held.lstrip()
            self._is_inside = begun.startswith(_BEGIN)
            self._is_over = not _BEGIN.startswith(begun[: len(_BEGIN)])
        if self._is_inside:
            _, end, rest = self._held.partition(_END)
            self._is_inside, self._is_over = not end, bool(end)
            self._held = rest if end else self._held[-len(_END) :]
        return self.rest() if self._is_over else ""

    def rest(self) -> str:
        """What is held back and is no reasoning."""
        held, self._held = self._held, ""
        return "" if self._is_inside else held
