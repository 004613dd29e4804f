"""Questions asked alone, and amid a conversation about something else: what the latter costs.

    python -m benchmarks.answers.amid QUESTIONS --workspace W [--corpus NAME]

QUESTIONS as `pagelight eval` reads them, with nuggets. Each is asked alone, and after the three
before it in an order drawn at random, with their answers. Those that have a history of their own
keep it: what follows up must not lose. Prints facts told within 120 words / questions all of whose
facts are told, in per cent.
"""

from __future__ import annotations

import argparse
import random
import statistics
from collections.abc import Sequence
from pathlib import Path

import pagelight
from pagelight.services.answering.messages import turns
from pagelight.services.evaluation.chosen import of_corpus
from rag.datamodel import Answer, Turn
from rag.evaluation.records.nuggets import opening, recall
from rag.evaluation.records.questions import EvaluationQuestion, read_questions

SEED = 7
EARLIER = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("questions", type=Path)
    parser.add_argument("--workspace", type=Path, required=True)
    parser.add_argument("--corpus", default="", help="only the questions over these documents")
    options = parser.parse_args()
    questions = read_questions(options.questions)[0]
    asked = [one for one in of_corpus(questions, options.corpus, options.questions) if one.nuggets]
    random.Random(SEED).shuffle(asked)  # noqa: S311 - an order
    with pagelight.open_workspace(options.workspace) as workspace:
        for name, own in (("new", False), ("following up", True)):
            report(name, workspace, [one for one in asked if bool(one.history) is own])


def report(name: str, workspace: pagelight.Workspace, asked: Sequence[EvaluationQuestion]) -> None:
    alone, amid = [], []
    said: list[Turn] = []
    for one in asked:
        own = turns(one.history)
        answer = _asked(workspace, one.text, own)
        alone.append(_told(answer, one))
        if not own:
            answer = _asked(workspace, one.text, said[-EARLIER:])
            said.append(answer.turn(one.text))
        amid.append(_told(answer, one))
    if asked:
        print(f"{name} {len(asked)}: alone {_shares(alone)}, amid {_shares(amid)}", flush=True)


def _asked(workspace: pagelight.Workspace, question: str, history: Sequence[Turn]) -> Answer:
    *_, answer = workspace.stream(question, history=history)
    return answer


def _told(answer: Answer, asked: EvaluationQuestion) -> float:
    if not (answer.answered or answer.closest):
        return 0.0
    return recall(opening(answer.text, words=asked.words), asked.nuggets)


def _shares(told: Sequence[float]) -> str:
    whole = statistics.fmean(share == 1 for share in told)
    return f"{statistics.fmean(told):.1%} / {whole:.1%}"


if __name__ == "__main__":
    main()
