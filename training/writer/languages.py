"""Questions in ten languages, and across them, of XQuAD: passages and questions are the same."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from training.writer.answers import Span, answer_from, sentence_around
from training.writer.examples import Example
from training.writer.passages import Pool

Paragraph = dict[str, Any]

NAMES: Final = {
    "de": "German",
    "es": "Spanish",
    "ro": "Romanian",
    "ru": "Russian",
    "tr": "Turkish",
    "zh": "Chinese",
    "vi": "Vietnamese",
    "el": "Greek",
    "ar": "Arabic",
    "hi": "Hindi",
}
DEV_PASSAGES: Final = 40
_DEV_SHARE: Final = 0.06
_NAMED: Final = 0.7
"""The share of questions that name their language, as the product does where it can tell it."""

_MAX_LETTERS: Final = 420
"""Of a sentence that is quoted."""


def language_examples(
    folder: Path, pool: Pool, rng: random.Random, *, dev: bool
) -> Iterator[Example]:
    """Yield questions of `folder`/xquad.LANGUAGE.json; the last passages are for dev."""
    part = slice(-DEV_PASSAGES, None) if dev else slice(-DEV_PASSAGES)
    sets = {code: _paragraphs(folder / f"xquad.{code}.json")[part] for code in ("en", *NAMES)}
    for code in NAMES:
        for asked, read, share in ((code, code, 0.14), (code, "en", 0.2), ("en", code, 0.08)):
            for own, other in zip(sets[asked], sets[read], strict=True):
                for number in range(len(own["qas"])):
                    if rng.random() < (_DEV_SHARE if dev else share):
                        language = NAMES.get(asked, "") if rng.random() < _NAMED else ""
                        yield from _example(own, other, number, pool, language=language)


def _paragraphs(path: Path) -> list[Paragraph]:
    articles = json.loads(path.read_text(encoding="utf-8"))["data"]
    return [paragraph for article in articles for paragraph in article["paragraphs"]]


def _example(
    own: Paragraph, other: Paragraph, number: int, pool: Pool, *, language: str
) -> Iterator[Example]:
    """Yield a question of a paragraph that is read in another language, where that can be made."""
    quoted, shown = _span(own, number), _span(other, number)
    if quoted and shown:
        question = own["qas"][number]["question"].strip()
        yield Example(
            kind="languages",
            question=question,
            passage=pool.add(other["context"], "xquad"),
            answer=answer_from(own["context"], quoted),
            gold=[other["context"][slice(*shown)]],
            spans=[shown],
            language=language,
        )


def _span(paragraph: Paragraph, number: int) -> Span | None:
    """Return where an answer stands; None where its sentence is long or the file is wrong."""
    text, answer = paragraph["context"], paragraph["qas"][number]["answers"][0]
    span = answer["answer_start"], answer["answer_start"] + len(answer["text"])
    sentence = sentence_around(text, span)
    is_short = sentence and sentence[1] - sentence[0] <= _MAX_LETTERS
    return span if is_short and text[slice(*span)] == answer["text"] else None
