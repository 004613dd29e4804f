"""Writes lessons: `python -m training.writer.lessons DATA XQUAD OUT [--dev]`.

DATA is the folder of `reader*.jsonl.gz`, `open*`, `plans*` and `rewrite*`; XQUAD that of
`xquad.LANGUAGE.json`; OUT a file `.jsonl.xz`. All is in the product's own prompts: a changed prompt
asks for new lessons and a new adapter.
"""

from __future__ import annotations

import argparse
import gzip
import json
import logging
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import prompts
from rag.datamodel import Turn
from rag.generation.prompt import fenced
from rag.generation.rewriting import MAX_TURNS, rewriting_messages
from rag.generation.writers.answer_writer import plain_words
from training.writer.checks import (
    NOT_FOUND,
    Lesson,
    Span,
    answer_from,
    sentence_around,
    write_lessons,
)
from training.writer.examples import (
    OPEN_SHARES,
    Example,
    open_examples,
    query_lessons,
    reader_examples,
    reading_lessons,
)
from training.writer.groups import handwritten_lessons
from training.writer.sources import Pool, is_table

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


SHARES: Final = {"canard": 1.0, "followup": 1.0, "cqr_kvret": 1.0, "gecor": 0.25}
_TOPIC_QUESTIONS: Final = (
    "Who is {}?",
    "What is {}?",
    "Tell me about {}?",
    "What do the files say of {}?",
)


def follow_up_lessons(rows: Iterable[dict[str, Any]], rng: random.Random) -> Iterator[Lesson]:
    for row in rows:
        turns = _turns(row["history"], row.get("titles") or 0, rng)
        if turns and rng.random() < SHARES.get(row["set"], 0.0):
            user = rewriting_messages(row["question"], turns)[-1]["content"]
            yield Lesson(kind="rewrite", prompt="rewrite", turns=[(user, row["rewrite"])])


def _turns(history: Sequence[str], titles: int, rng: random.Random) -> list[Turn]:
    """Return the latest turns; the topic that a set names in titles is asked for in the first."""
    texts = [*history[titles:], ""]
    turns = [
        Turn(question=question, answer=answer, cited=())
        for question, answer in zip(texts[::2], texts[1::2], strict=False)
    ][-MAX_TURNS:]
    topic = history[0] if titles else ""
    if topic and not any(topic.lower() in turn.question.lower() for turn in turns):
        question = rng.choice(_TOPIC_QUESTIONS).format(topic)
        answer = turns[0].answer if turns else f"{topic} is described in the sources."
        turns = [Turn(question=question, answer=answer, cited=()), *turns[1:]]
    return turns


logger = logging.getLogger("training")

MAX_ASKED: Final = {"span": 8_200, "yesno": 1_500, "open": 1_700, "summary": 420, "query": 5_200}
"""Lessons that the untaught model is asked for its own answer of, by their check."""


def read_rows(data: Path, name: str) -> list[dict[str, Any]]:
    with gzip.open(data / f"{name}.jsonl.gz", "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def lessons_of(data: Path, xquad: Path, *, dev: bool) -> list[Lesson]:
    """Return all lessons in a drawn order, the same each time."""
    rng = random.Random(8 if dev else 7)  # noqa: S311 - repeatable, not secret

    def rows(name: str) -> list[dict[str, Any]]:
        return read_rows(data, f"{name}{'_dev' * dev}")

    pool = Pool(rng)
    examples = [
        *reader_examples(rows("reader"), pool, rng, times=1.5 if dev else 1.0),
        *open_examples((row for row in rows("open") if row["set"] in OPEN_SHARES), pool, rng),
        *language_examples(xquad, pool, rng, dev=dev),
    ]
    lessons = [
        *reading_lessons(examples, pool, rng, dev=dev),
        *follow_up_lessons(rows("rewrite"), rng),
        *query_lessons(rows("plans"), rng, dev=dev),
        *_summaries(pool, rng),
        *handwritten_lessons(rng, dev=dev),
    ]
    rng.shuffle(lessons)
    asked: Counter[str] = Counter()
    for lesson in lessons:
        asked[lesson.check] += 1
        if dev or asked[lesson.check] > MAX_ASKED.get(lesson.check, 0):
            lesson.check = ""
    return [lesson for lesson in lessons if lesson.answer or lesson.check]


def _summaries(pool: Pool, rng: random.Random) -> Iterator[Lesson]:
    """Yield passages to be summarised by the untaught model: what it does well is to stay."""
    texts = [one.text for one in pool.passages if 90 < len(one.text.split()) < 260]
    for text in rng.sample(texts, min(MAX_ASKED["summary"], len(texts))):
        user = prompts.load("summarize_text").substitute(
            text=fenced(plain_words(text)), sentences=rng.choice(["two", "two", "four"])
        )
        turns = [(user.strip(), "")]
        if not is_table(text):
            yield Lesson(kind="summary", prompt="summarize", turns=turns, check="summary")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("xquad", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--dev", action="store_true", help="lessons to judge by")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    lessons = lessons_of(options.data, options.xquad, dev=options.dev)
    write_lessons(options.out, lessons)
    kinds = Counter(lesson.kind for lesson in lessons).most_common()
    absent = sum(answer == NOT_FOUND for lesson in lessons for _, answer in lesson.turns)
    logger.info("%d lessons, %d answers not found: %s", len(lessons), absent, kinds)


if __name__ == "__main__":
    main()
