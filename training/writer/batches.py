"""Lessons to tensors: the questions of one lesson share its sources, which are read once.

Each question sees the sources and itself, at the positions that it has in a prompt of its own; so
one row teaches all of them. Knows lessons and tokens; knows no model.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
import torch
from PIL import Image

from rag.models.prompting.chat_messages import messages_of
from training.writer.checkpoint import END, PICTURE_TOKENS, SIGNS, fixed_words_of_source
from training.writer.lessons import Lesson

NOT_LEARNED: Final = -100
DECIDING: Final = 6.0
"""What the tokens of an answer weigh that a whole choice hangs on: its first, and its mark."""

HIDDEN: Final = -1e9
_MARK: Final = re.compile(r"\[(\d)\]\.?$")
_CUT: Final = "Question: "
SHOWN: Final = (
    f"{SIGNS['fake_image_token']}{SIGNS['global_image_token']}"
    f"{SIGNS['image_token'] * PICTURE_TOKENS}{SIGNS['fake_image_token']}"
)
"""What the processor makes of the place of one picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonRow:
    """One lesson in tokens: `ids`, places, the part that each token is of, and what is learned.

    Part 0 are the sources, part n the nth question with its answer. `sources` tells of each token
    of a source its number, and of what follows a question that of its answer's, 0 without one;
    `stated` of each token of a question whether it stands in a source, after the same token.
    """

    ids: list[int]
    places: list[int]
    parts: list[int]
    labels: list[int]
    weights: list[float]
    sources: list[int]
    stated: list[int]
    pictures: Sequence[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Rows of about one length: `seen` is (B, 1, T, T), the others (B, T), `pixels` (N, 3, S, S).

    `seen` is added to what tokens make of each other.
    """

    ids: torch.Tensor
    places: torch.Tensor
    seen: torch.Tensor
    labels: torch.Tensor
    weights: torch.Tensor
    sources: torch.Tensor
    stated: torch.Tensor
    parts: torch.Tensor
    pixels: torch.Tensor | None


def rendered(processor: Any, lesson: Lesson) -> str:
    """Return the prompt of the lesson's first question as the processor writes it."""
    prompt = lesson.prompt
    shown = [place for place, part in enumerate(prompt.parts) if not isinstance(part, str)]
    text: str = processor.tokenizer.apply_chat_template(
        messages_of(prompt, shown),
        chat_template=processor.chat_template,
        tokenize=False,
        add_generation_prompt=True,
    )
    return text.replace(SIGNS["image_token"], SHOWN)


def row_of(processor: Any, lesson: Lesson) -> LessonRow:
    tokenizer = processor.tokenizer
    head, _, tail = rendered(processor, lesson).rpartition(_CUT)
    closing = tail.removeprefix(lesson.prompt.query.text)
    head_ids: list[int] = tokenizer(head + _CUT, add_special_tokens=False)["input_ids"]
    numbered = _numbered(tokenizer, head_ids)
    row = LessonRow(
        ids=list(head_ids),
        places=list(range(len(head_ids))),
        parts=[0] * len(head_ids),
        labels=[NOT_LEARNED] * len(head_ids),
        weights=[0.0] * len(head_ids),
        sources=list(numbered),
        stated=[NOT_LEARNED] * len(head_ids),
        pictures=lesson.pictures,
    )
    pairs = {pair for pair, n in zip(pairwise(head_ids), numbered[1:], strict=True) if n > 0}
    for part, (question, answer) in enumerate(lesson.asked, start=1):
        asked = tokenizer(question + closing, add_special_tokens=False)["input_ids"]
        told = tokenizer(answer + END, add_special_tokens=False)["input_ids"]
        length = len(asked) + len(told)
        row.ids.extend((*asked, *told))
        row.places.extend(range(len(head_ids), len(head_ids) + length))
        row.parts.extend([part] * length)
        row.labels.extend((*[NOT_LEARNED] * len(asked), *told))
        number = int(found[1]) if (found := _MARK.search(answer)) else 0
        closed = len(tokenizer(closing, add_special_tokens=False)["input_ids"]) + len(told)
        row.sources.extend((*[NOT_LEARNED] * (length - closed), *[number] * closed))
        question_ids = asked[: length - closed]
        known = (int(pair in pairs) for pair in pairwise((NOT_LEARNED, *question_ids)))
        row.stated.extend((*known, *[NOT_LEARNED] * closed))
        row.weights.extend((*[0.0] * len(asked), *_weights(tokenizer, told)))
    return row


def _numbered(tokenizer: Any, head: Sequence[int]) -> list[int]:
    """Return of each token ahead of the questions the number of its source, if it is of one.

    A picture is of the source that it stands behind.
    """
    opening, *_, closing = (
        tokenizer.convert_tokens_to_ids(words) for words in fixed_words_of_source()
    )
    image = tokenizer.convert_tokens_to_ids(SIGNS["image_token"])
    numbers, count, inside = [], 0, False
    for token in head:
        inside = inside or token == opening
        count += token == opening
        numbers.append(count if inside or token == image else NOT_LEARNED)
        inside = inside and token != closing
    return numbers


def _weights(tokenizer: Any, told: Sequence[int]) -> list[float]:
    """Return what each token of an answer weighs: the first and those of its mark more."""
    written = tokenizer.convert_ids_to_tokens(told)
    marked = [n for n, token in enumerate(written) if "[" in token]
    heavy = {0, *(n + 1 for n in marked)}
    return [DECIDING if n in heavy else 1.0 for n in range(len(told))]


def batch_of(processor: Any, rows: Sequence[LessonRow]) -> Batch:
    pad = processor.tokenizer.pad_token_id
    parts = _padded([row.parts for row in rows], -1)
    causal = torch.ones(parts.shape[1], parts.shape[1], dtype=torch.bool).tril()
    shared = (parts[:, None, :] == 0) | (parts[:, None, :] == parts[:, :, None])
    pictures = [picture for row in rows for picture in row.pictures]
    return Batch(
        ids=_padded([row.ids for row in rows], pad),
        places=_padded([row.places for row in rows], 0),
        seen=torch.where(causal & shared, 0.0, HIDDEN)[:, None],
        labels=_padded([row.labels for row in rows], NOT_LEARNED),
        weights=_padded([row.weights for row in rows], 0),
        sources=_padded([row.sources for row in rows], NOT_LEARNED),
        stated=_padded([row.stated for row in rows], NOT_LEARNED),
        parts=parts,
        pixels=pixels_of(processor, pictures) if pictures else None,
    )


def pixels_of(processor: Any, pictures: Sequence[Any]) -> torch.Tensor:
    """Return pictures as the processor gives them to the model, (N, 3, S, S)."""
    images = [[Image.fromarray(np.asarray(picture))] for picture in pictures]
    made = processor.image_processor(images, return_tensors="pt")
    return torch.as_tensor(made["pixel_values"])[:, 0]


def _padded(lists: Sequence[Sequence[float]], fill: int) -> torch.Tensor:
    longest = max(map(len, lists))
    return torch.tensor([[*one, *[fill] * (longest - len(one))] for one in lists])
