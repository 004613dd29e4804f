"""How a question and a passage become the reader's tokens, and tokens become places in the text.

Knows the tokenizer and windows; knows nothing of torch, scores or answers. A pair is written
`[CLS] question [SEP] context, passage [SEP]`. A passage that is too long is read in overlapping
windows; a table's header is repeated in each, since rows mean nothing without it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rag.datamodel import CELL_SEPARATOR

if TYPE_CHECKING:
    from tokenizers import Encoding

CLS: Final = 101
SEP: Final = 102
QUESTION_TOKENS: Final = 64
CONTEXT_TOKENS: Final = 32
HEADER_TOKENS: Final = 72
HEADER_LINES: Final = 4
"""A header is looked for in the first lines only: a caption or two may stand above it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """One reading of a pair. All three lists are as long as the input.

    `types` is 1 from the context on. `places` gives each position's token of the passage, -1 for
    positions that are not of the passage.
    """

    ids: list[int]
    types: list[int]
    places: list[int]


def header_end(passage: str) -> int:
    """Return where a table's header row ends, in code points; 0 where there is no table."""
    end = 0
    for line in passage.split("\n", HEADER_LINES)[:HEADER_LINES]:
        end += len(line) + 1
        if CELL_SEPARATOR in line:
            return min(end, len(passage))
    return 0


def header_length(passage: str, tokens: Encoding) -> int:
    """Return how many tokens of the passage are its header, to repeat in every window."""
    end = header_end(passage)
    count = sum(1 for start, _ in tokens.offsets if start < end) if end else 0
    return count if count <= HEADER_TOKENS else 0


def make_window(
    question: Sequence[int], context: Sequence[int], passage: Sequence[int], places: Sequence[int]
) -> Window:
    """Write one input: `places` are the tokens of the passage to include, in order."""
    head = [CLS, *question[:QUESTION_TOKENS], SEP]
    lead = list(context[:CONTEXT_TOKENS])
    ids = [*head, *lead, *(passage[place] for place in places), SEP]
    return Window(
        ids=ids,
        types=[0] * len(head) + [1] * (len(ids) - len(head)),
        places=[-1] * (len(head) + len(lead)) + list(places) + [-1],
    )


def room(question: Sequence[int], context: Sequence[int], *, max_tokens: int) -> int:
    """Return how many tokens of the passage fit beside the question and the context."""
    used = min(len(question), QUESTION_TOKENS) + min(len(context), CONTEXT_TOKENS)
    return max_tokens - used - 3


def place_ranges(length: int, header: int, *, size: int, overlap: int) -> list[list[int]]:
    """Divide a passage of `length` tokens into windows of at most `size`, header in front.

    Each token stands in at least one window; neighbours share `overlap` tokens.
    """
    if length <= size:
        return [list(range(length))]
    header = header if header < size // 2 else 0
    body = size - header
    step = max(1, body - overlap)
    starts = list(range(header, max(header + 1, length - body + step), step))
    starts[-1] = max(header, length - body)
    return [[*range(header), *range(s, min(length, s + body))] for s in starts]
