"""What each rule of answering gains: asked with all rules, and again without each that spoke.

    python benchmarks/rules.py QUESTIONS.jsonl --workspace W [--only CORPUS] [--rules NAME ...]

A rule is some functions, each with what stands for it while the rule is off. It spoke where one of
them gave anything else: without it, only these questions can change, and only these are asked
again. Prints of each rule on how many questions it spoke, how many answers it changed, and the
right ones with and without it (of nuggets their share, all within the words that count).
"""

from __future__ import annotations

import argparse
import functools
import importlib
import os
import pkgutil
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import GeneratorType, ModuleType
from typing import Any, Final

import rag.answer
from ingest.chunking.chunker import CHUNKER_VERSION
from rag.datamodel import Answer, Query
from rag.engine.build import build_engine
from rag.engine.recipe import WHOLE
from rag.evaluate.records import nuggets
from rag.evaluate.records.questions import Question, read_questions
from rag.evaluate.scoring import record_of
from rag.settings import load_settings
from service.session.batch import turns

Function = Callable[..., Any]
Rules = Mapping[str, Mapping[str, Function]]
"""By name: the functions of a rule ("module:function" in rag.answer), each with its stand-in."""


def _first(value: object, *_: object, **__: object) -> object:
    return value


def _none(*_: object, **__: object) -> None:
    return None


def _no(*_: object, **__: object) -> bool:
    return False


def _empty(*_: object, **__: object) -> str:
    return ""


def _no_gaps(*_: object, **__: object) -> dict[str, float]:
    return {"column_gap": 0.0, "row_gap": 0.0, "both_best": 0.0}


RULES: Final[Rules] = {
    "abbreviations": {
        "question.abbreviations:definition": _none,
        "question.abbreviations:short_form": _empty,
    },
    "calculations": {"question.operations:operation": _none},
    "scales of tables": {"base.scale:with_scale": _first},
    "plans over tables": {"computed.planned:planned": _none},
    "two questions in one": {"question.compound:parted": lambda question: (question,)},
    "sources that differ": {"evidence.agreement:differ": _no},
    "questions for yes or no": {"question.asked:asks_whether": _no},
    "openings that name a document": {
        "question.asked:asked_of_passage": _first,
        "question.asked:core_question": _first,
    },
    "row and column beside others": {"evidence.crossing:crossing": _no_gaps},
    "cells": {"evidence.features:_cell": lambda *_: {}},
    "labels in a row": {"evidence.features:left_label": _empty},
    "numbers of points": {"evidence.answer_candidates:_is_marker": _no},
    "kinds of answers": {"question.answer_kind:expected_kind": lambda _: "any"},
    "years that are missing": {"trust.confidence:names_missing_year": _no},
    "the page that answers": {"rerank.answering_page:answering_page": _none},
    "words for charts and tables": {"rerank.reranking:asks_for": _no},
    "follow-ups: a part exchanged": {"followup.exchange:remnant": _empty},
    "follow-ups: the year before": {"followup.exchange:in_another_year": _empty},
    "follow-ups: the same year": {"followup.exchange:with_the_year": _first},
    "follow-ups: pronouns": {"followup.pronouns:resolved": _first},
    "follow-ups: the topic named": {"followup.conversation:_with_topic": _first},
    "follow-ups: the topic searched": {"followup.conversation:_topic": _empty},
}


@dataclass(slots=True)
class Switches:
    """Which rule is off, and which spoke since `spoke` was cleared."""

    off: str = ""
    spoke: set[str] = field(default_factory=set)

    def switched(self, rule: str, function: Function, stand_in: Function) -> Function:
        """Return the function that is its stand-in while the rule is off."""

        @functools.wraps(function)
        def called(*given: object, **named: object) -> object:
            if self.off == rule:
                return stand_in(*given, **named)
            told = function(*given, **named)
            told = list(told) if isinstance(told, GeneratorType) else told
            if told != stand_in(*given, **named):
                self.spoke.add(rule)
            return told

        return called


@contextmanager
def switched(rules: Rules) -> Iterator[Switches]:
    """Put each function of the rules behind a switch wherever it is known, until the block ends."""
    _import_all(rag.answer)
    switches, put = Switches(), []
    for rule, functions in rules.items():
        for path, stand_in in functions.items():
            module, _, name = path.partition(":")
            function = getattr(importlib.import_module(f"rag.answer.{module}"), name)
            places = list(_places(function))
            put += [(place, function) for place in places]
            for owner, known_as in places:
                setattr(owner, known_as, switches.switched(rule, function, stand_in))
    try:
        yield switches
    finally:
        for (owner, known_as), function in reversed(put):
            setattr(owner, known_as, function)
        _forget()


def _import_all(package: ModuleType) -> None:
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")


def _places(function: Function) -> Iterator[tuple[Any, str]]:
    """Yield each module of ours that knows a function, with the name it knows it by."""
    for module in [m for name, m in sys.modules.items() if name.startswith("rag.")]:
        yield from ((module, name) for name, known in vars(module).items() if known is function)


def _forget() -> None:
    """Empty what functions of answering keep of earlier calls."""
    for name, module in sys.modules.items():
        if name.startswith("rag.answer."):
            for known in vars(module).values():
                getattr(known, "cache_clear", int)()


@dataclass(slots=True)
class Gain:
    """Of a rule: on how many questions it spoke, answers that it changed, right ones."""

    spoke: int = 0
    changed: int = 0
    right_with: float = 0.0
    right_without: float = 0.0


def gains(
    questions: Sequence[Question], ask: Callable[[Question], Answer], rules: Rules
) -> dict[str, Gain]:
    """Return what each rule that spoke at all gains; `ask` must keep nothing of an answer."""
    found: dict[str, Gain] = defaultdict(Gain)
    with switched(rules) as switches:
        for question in questions:
            switches.spoke.clear()
            _forget()
            whole = ask(question)
            for rule in sorted(switches.spoke):
                switches.off = rule
                _forget()
                without = ask(question)
                switches.off = ""
                gain = found[rule]
                gain.spoke += 1
                gain.changed += whole.text != without.text
                gain.right_with += _right(question, whole)
                gain.right_without += _right(question, without)
    return dict(found)


def _right(question: Question, answer: Answer) -> float:
    """Return 1 for a right answer; where facts are wanted, the share of them that it tells."""
    record = record_of(question, answer, words=question.words)
    if question.nuggets and question.answerable is not False:
        told = nuggets.opening(answer.text, words=question.words)
        lacking = len(nuggets.missing(told, question.nuggets))
        return (1 - lacking / len(question.nuggets)) if record.state != "nothing" else 0.0
    return float(bool(record.right))


def told(found: Mapping[str, Gain], count: int) -> str:
    rows = [
        f"| {rule} | {gain.spoke} | {gain.changed} | {gain.right_with:.1f} |"
        f" {gain.right_without:.1f} |"
        for rule, gain in sorted(found.items())
    ]
    head = f"| rule | spoke, of {count} | changed | right with | without |"
    return "\n".join([head, "| --- | --- | --- | --- | --- |", *rows])


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("questions", type=Path)
    parser.add_argument("--workspace", type=Path, required=True)
    parser.add_argument("--only", help="the corpus whose questions are asked")
    parser.add_argument("--rules", nargs="+", choices=RULES, default=list(RULES))
    options = parser.parse_args()
    questions = [
        question
        for question in read_questions(options.questions)[0]
        if not question.image
        and (not options.only or options.only in question.labels.get("corpus", ()))
    ]
    settings = load_settings(os.environ, workspace=options.workspace)
    with build_engine(settings, chunker_version=CHUNKER_VERSION) as engine:
        engine.warm()

        def ask(question: Question) -> Answer:
            # A pipeline of its own: its ranker remembers the last question.
            answers = engine.variant(WHOLE).ask(Query(text=question.text), turns(question.history))
            return list(answers)[-1]

        print(told(gains(questions, ask, {r: RULES[r] for r in options.rules}), len(questions)))


if __name__ == "__main__":
    main()
