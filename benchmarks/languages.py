"""How often a question in one of twelve languages finds its text, in its own language or English.

    python -m benchmarks.languages XQUAD WORK [--texts 60] [--questions 20] [--only de,ru]

XQUAD holds the files xquad.LANGUAGE.json (Artetxe et al., ACL 2020; CC BY-SA: it is fetched to
measure, and not kept here). By the seed so many of its paragraphs are drawn, the same of each
language, each stored as a document in a workspace for the language below WORK, which a later run
finds again; and a question to each of the first. Prints hit@1 and hit@5, as found and as ordered
once they are read.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from ingest.chunking.chunker import CHUNKER_VERSION
from ingest.pipeline.writer import Writer
from pagelight.services.evaluation import document_of
from rag.datamodel import Document, Hit, Query
from rag.evaluation.questions import CollectionText
from rag.pipeline.engine.build import build_engine
from rag.pipeline.engine.engine import Engine
from rag.pipeline.engine.stages import in_documents_words
from rag.settings import Settings
from rag.storage.documents.records import FileRecord
from rag.understanding.question.question import understand

ENGLISH: Final = "en"
LANGUAGES: Final = (ENGLISH, *"ar de el es hi ro ru th tr vi zh".split())
FOREIGN: Final = "Jak głęboki był śnieg na przełęczy w marcu?"
DEPTH: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A text with what is asked of it, and a first answer to each."""

    number: int
    text: str
    questions: tuple[str, ...]
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """The numbers of the paragraphs, and of those asked about which question."""

    paragraphs: tuple[int, ...]
    asked: dict[int, int]


def main() -> None:
    asked = _arguments()
    sets = {language: read(asked.xquad, language) for language in LANGUAGES}
    drawn = draw(sets[ENGLISH], texts=asked.texts, questions=asked.questions, seed=asked.seed)
    only = asked.only.split(",") if asked.only else LANGUAGES
    with opened(asked.work, ENGLISH, sets[ENGLISH], drawn) as english:
        for language in only:
            questions = list(_questions(sets[language], drawn))
            _tell(f"{language} -> en", english, questions)
            if language != ENGLISH:
                with opened(asked.work, language, sets[language], drawn) as engine:
                    _tell(f"{language} -> {language}", engine, questions)
                    _tell(f"en -> {language}", engine, list(_questions(sets[ENGLISH], drawn)))


def read(folder: Path, language: str) -> list[Paragraph]:
    """Return the paragraphs of a language, in the order that all files share."""
    text = (folder / f"xquad.{language}.json").read_text(encoding="utf-8")
    paragraphs = [one for article in json.loads(text)["data"] for one in article["paragraphs"]]
    return [
        Paragraph(
            number=number,
            text=one["context"],
            questions=tuple(qa["question"] for qa in one["qas"]),
            answers=tuple(qa["answers"][0]["text"] for qa in one["qas"]),
        )
        for number, one in enumerate(paragraphs)
    ]


def draw(paragraphs: Sequence[Paragraph], *, texts: int, questions: int, seed: int) -> Drawn:
    chance = random.Random(seed)  # noqa: S311 - no secret
    numbers = chance.sample(range(len(paragraphs)), texts)
    asked = {n: chance.randrange(len(paragraphs[n].questions)) for n in numbers[:questions]}
    return Drawn(paragraphs=tuple(numbers), asked=asked)


@contextmanager
def opened(
    work: Path, language: str, paragraphs: Sequence[Paragraph], drawn: Drawn
) -> Iterator[Engine]:
    """Lend the engine over a language's paragraphs, stored and read by all models."""
    settings = replace(Settings(), workspace=work / language)
    with closing(build_engine(settings, chunker_version=CHUNKER_VERSION)) as engine:
        _store(engine, [paragraphs[n] for n in drawn.paragraphs], language)
        engine.warm()
        engine.search(Query(text=FOREIGN), k=1)  # from which on English passages are read, too
        engine.catch_up()
        yield engine


def _store(engine: Engine, paragraphs: Sequence[Paragraph], language: str) -> None:
    known = engine.index.files()
    writer = Writer(
        engine.index,
        engine.embedder,
        on_stored=lambda _document, _files: None,
        on_unstored=_failed,
        stop=threading.Event(),
    )
    with closing(writer):
        for one in paragraphs:
            if str(one.number) not in known:
                text = CollectionText(id=f"{language} {one.number}", text=one.text)
                document = document_of(text, source=str(one.number))
                writer.add(document, [_file(document)], seconds=0)
        writer.flush()


def _file(document: Document) -> FileRecord:
    return FileRecord(
        source=document.sources[0],
        doc_id=document.id,
        size_bytes=0,
        mtime_ns=0,
        sha256=document.id,
        state="ready",
    )


def _failed(_document: Document, _files: Sequence[FileRecord], error: Exception) -> None:
    raise error


def _questions(paragraphs: Sequence[Paragraph], drawn: Drawn) -> Iterator[tuple[int, str]]:
    yield from ((n, paragraphs[n].questions[which]) for n, which in drawn.asked.items())


def _tell(name: str, engine: Engine, questions: Sequence[tuple[int, str]]) -> None:
    found: list[list[Hit]] = []
    ordered: list[list[Hit]] = []
    for _, words in questions:
        query = in_documents_words(engine.index, understand(Query(text=words))).searched
        found.append(engine.search(query, k=DEPTH))
        ordered.append(engine.ranked(query, k=50)[:DEPTH])
    golds = [str(number) for number, _ in questions]
    figures = (f"{_hit(golds, runs, k):5.1f}" for runs in (found, ordered) for k in (1, DEPTH))
    sys.stdout.write(f"{name:10} found {' '.join(figures)} ordered, of {len(golds)}\n")
    sys.stdout.flush()


def _hit(golds: Sequence[str], runs: Sequence[Sequence[Hit]], k: int) -> float:
    """Return for how many of 100 questions one of the first `k` hits is of the right text."""
    held = (g in {h.chunk.source for h in run[:k]} for g, run in zip(golds, runs, strict=True))
    return 100 * sum(held) / len(golds)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("xquad", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--texts", type=int, default=60)
    parser.add_argument("--questions", type=int, default=20)
    parser.add_argument("--only", default="")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
