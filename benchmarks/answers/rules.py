"""What each rule of answering gains: asked with all rules, and again without each.

    python -m benchmarks.answers.rules QUESTIONS.jsonl --workspace W
        [--only CORPUS] [--rules NAME ...]

Prints of each rule how many answers change without it, and of these the right ones with and without
it (of nuggets their share, all within the words that count). What nobody asks for is not left
out. `pagelight eval --ablate` does the same over all questions, with intervals.
"""

from __future__ import annotations

import argparse
import os
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ingest.chunking.chunker import CHUNKER_VERSION
from rag.answer.base.rules import RULES, Rules
from rag.answer.question.question import understand
from rag.datamodel import Answer
from rag.engine.build import build_engine
from rag.evaluate.records import nuggets
from rag.evaluate.records.questions import EvaluationQuestion, read_questions
from rag.evaluate.scoring import record_of
from rag.settings import load_settings
from service.asking.messages import turns
from service.evaluation.chosen import of_corpus

Ask = Callable[[EvaluationQuestion, Rules], Answer]


@dataclass(slots=True)
class Gain:
    """Of a rule: how many answers it changed, and the right ones among these."""

    changed: int = 0
    right_with: float = 0.0
    right_without: float = 0.0


@dataclass(frozen=True, kw_only=True)
class ConsultedRules(Rules):
    """All rules; `names` are those that were asked whether they are on."""

    names: set[str] = field(default_factory=set, compare=False)

    def on(self, rule: str) -> bool:
        self.names.add(rule)
        return super().on(rule)


def gains(
    questions: Sequence[EvaluationQuestion], ask: Ask, rules: Sequence[str]
) -> dict[str, Gain]:
    """Return what each rule gains that changes any answer."""
    found: dict[str, Gain] = defaultdict(Gain)
    for question in questions:
        whole = ask(question, consulted := ConsultedRules())
        for rule in consulted.names.intersection(rules):
            without = ask(question, Rules(off=(rule,)))
            if without.text != whole.text:
                found[rule].changed += 1
                found[rule].right_with += _right(question, whole)
                found[rule].right_without += _right(question, without)
    return dict(found)


def _right(question: EvaluationQuestion, answer: Answer) -> float:
    """Return 1 for a right answer; where facts are wanted, the share of them that it tells."""
    record = record_of(question, answer, words=question.words)
    if question.nuggets and question.answerable is not False:
        told = nuggets.opening(answer.text, words=question.words)
        lacking = len(nuggets.missing(told, question.nuggets))
        return (1 - lacking / len(question.nuggets)) if record.state != "nothing" else 0.0
    return float(bool(record.right))


def told(found: Mapping[str, Gain], count: int) -> str:
    rows = [
        f"| {rule} | {gain.changed} | {gain.right_with:.1f} | {gain.right_without:.1f} |"
        for rule, gain in sorted(found.items())
    ]
    head = f"| rule | changed, of {count} | right with | without |"
    return "\n".join([head, "| --- | --- | --- | --- |", *rows])


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("questions", type=Path)
    parser.add_argument("--workspace", type=Path, required=True)
    parser.add_argument("--only", default="", help="the corpus whose questions are asked")
    parser.add_argument("--rules", nargs="+", choices=RULES, default=list(RULES))
    options = parser.parse_args()
    of_all = of_corpus(read_questions(options.questions)[0], options.only, options.questions)
    questions = [question for question in of_all if not question.image]
    settings = load_settings(os.environ, workspace=options.workspace)
    with build_engine(settings, chunker_version=CHUNKER_VERSION) as engine:
        engine.warm()

        def ask(question: EvaluationQuestion, rules: Rules) -> Answer:
            asked = understand(question.text, turns(question.history), rules=rules)
            return list(engine.answer(asked))[-1]

        print(told(gains(questions, ask, options.rules), len(questions)))


if __name__ == "__main__":
    main()
