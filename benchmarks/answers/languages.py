"""Whether answers are in the language of the question, and right, in each of many languages.

    python -m benchmarks.answers.languages XQUAD WORK [--count 10] [--only de,ru] [--rows FILE]
    python -m benchmarks.answers.languages --demo WORKSPACE [--only fr,pl] [--rows FILE]

Over XQuAD (see `benchmarks.languages`) questions are asked to the last 40 of its paragraphs, which
the writer was not taught with: every second one over them in the question's own language, the
others over them in English. Over the demo, which WORKSPACE holds, those of `asked.jsonl`. Prints
of each language how many of 100 answers are in it (py3langid, of what stands above quotations, be
it but a line of ours; what can't be told counts), are right in the first 40 words, and are
quotations alone. A machine under load has the model give up: `--rows` keeps what notes say of it.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final, TextIO

from benchmarks.languages import ENGLISH, LANGUAGES, Drawn, Paragraph, opened, read
from ingest.chunking.chunker import CHUNKER_VERSION
from rag.datamodel import Answer, Query
from rag.languages import language_of
from rag.pipeline.engine.build import build_engine
from rag.pipeline.engine.engine import Engine
from rag.refusal import lead_ins
from rag.settings import Settings
from rag.text import MARK

UNTAUGHT: Final = range(200, 240)
FIRST_WORDS: Final = 40
FIRST_LETTERS: Final = 80
"""The same of languages that write no spaces between words."""

UNSPACED: Final = frozenset({"ja", "th", "zh"})
ASKED: Final = Path(__file__).with_name("asked.jsonl")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question, and what an answer to it may say."""

    language: str
    question: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """How one was answered."""

    asked: Asked
    text: str
    state: str
    is_in_language: bool
    is_right: bool
    is_quoted: bool
    notes: tuple[str, ...]


def main() -> None:
    asked = _arguments()
    rows = asked.rows.open("a", encoding="utf-8") if asked.rows else None
    only = asked.only.split(",") if asked.only else None
    if asked.demo:
        _ask_demo(asked.demo, only, asked.count, rows)
    else:
        _ask_xquad(asked.xquad, asked.work, only or LANGUAGES, asked.count, rows)


def _ask_demo(workspace: Path, only: Sequence[str] | None, count: int, rows: TextIO | None) -> None:
    told = [json.loads(line) for line in ASKED.read_text(encoding="utf-8").splitlines()]
    asked = [Asked(**one | {"answers": tuple(one["answers"])}) for one in told]
    settings = replace(Settings(), workspace=workspace)
    with closing(build_engine(settings, chunker_version=CHUNKER_VERSION)) as engine:
        engine.warm()
        engine.catch_up()
        for language in dict.fromkeys(one.language for one in asked):
            if only is None or language in only:
                of_it = [one for one in asked if one.language == language][:count]
                _tell(language, list(_answered(engine, of_it, rows)))


def _ask_xquad(
    xquad: Path, work: Path, languages: Sequence[str], count: int, rows: TextIO | None
) -> None:
    sets = {language: read(xquad, language) for language in (ENGLISH, *languages)}
    chosen = random.Random(1).sample(UNTAUGHT, count)  # noqa: S311 - no secret
    drawn = Drawn(paragraphs=tuple(UNTAUGHT), asked=dict.fromkeys(chosen, 0))
    for language in languages:
        asked = [_asked(language, sets[language][n], sets[ENGLISH][n]) for n in chosen]
        said: list[Said] = []
        for documents, some in ((language, asked[::2]), (ENGLISH, asked[1::2])):
            with opened(work, documents, sets[documents], drawn) as engine:
                said += _answered(engine, some, rows)
        _tell(language, said)


def _asked(language: str, paragraph: Paragraph, english: Paragraph) -> Asked:
    """Return the first question to a paragraph; its answer may be that in English, too."""
    answers = {paragraph.answers[0], english.answers[0]}
    return Asked(language=language, question=paragraph.questions[0], answers=tuple(answers))


def _answered(engine: Engine, asked: Sequence[Asked], rows: TextIO | None) -> Iterator[Said]:
    engine.warm_writer()
    for one in asked:
        *_, answer = engine.ask(Query(text=one.question))
        said = _said(one, answer)
        if rows:
            rows.write(json.dumps(asdict(said), ensure_ascii=False) + "\n")
            rows.flush()
        yield said


def _said(asked: Asked, answer: Answer) -> Said:
    above = answer.text.partition("\n\n")[0]
    written = answer.text if answer.quoted_from is None else answer.text[: answer.quoted_from]
    if answer.quoted_from is None and above in lead_ins():
        written = above
    return Said(
        asked=asked,
        text=answer.text,
        state=answer.state,
        is_in_language=language_of(_plain(written)) in (None, asked.language),
        is_right=_is_right(asked, _plain(answer.text)),
        is_quoted=written.strip() in {"", *lead_ins()},
        notes=answer.notes,
    )


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", MARK.sub("", text).replace("*", "")).strip()


def _is_right(asked: Asked, text: str) -> bool:
    first = " ".join(text.split(" ")[:FIRST_WORDS])
    if asked.language in UNSPACED:
        first = first[:FIRST_LETTERS]
    return any(answer.casefold() in first.casefold() for answer in asked.answers)


def _tell(language: str, said: Sequence[Said]) -> None:
    figures = (
        f"{name} {100 * sum(held) / len(said):.0f}"
        for name, held in (
            ("in it", [one.is_in_language for one in said]),
            ("right", [one.is_right for one in said]),
            ("quoted alone", [one.is_quoted for one in said]),
        )
    )
    sys.stdout.write(f"{language}: {', '.join(figures)}, of {len(said)}\n")
    sys.stdout.flush()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("xquad", type=Path, nargs="?")
    parser.add_argument("work", type=Path, nargs="?")
    parser.add_argument("--demo", type=Path)
    parser.add_argument("--count", type=int, default=10)
    parser.add_argument("--only", default="")
    parser.add_argument("--rows", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    main()
