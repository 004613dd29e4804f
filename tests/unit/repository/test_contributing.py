"""The ways through the program that CONTRIBUTING.md tells are those that calls take."""

import ast
import re
import sys
import threading
from pathlib import Path

import pytest
from builders_answer import snow_index, snow_scorer
from builders_ingest import Bench
from builders_office import parse
from builders_pdf import Page, pdf_bytes
from fakes import FakeEmbedder

from rag.answer.compose.extractive import ExtractiveGenerator
from rag.answer.evidence.ranking import AnswerRanker
from rag.answer.evidence.reading import Readings
from rag.answer.pipeline import Pipeline
from rag.answer.question.question import understand
from rag.answer.rerank.reranking import EvidenceReranker
from rag.answer.seams import Limits
from rag.answer.trust.confidence import Confidence
from rag.retrieve.retriever import Retriever

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
STEP = re.compile(r"^\| \d+ \| `(?P<file>[\w/.]+)` \| `(?P<call>\w+)` \|", re.MULTILINE)
MOST_CALLS = 12
MOST_FILES = 3


def part(title):
    return TEXT.partition(f"## {title}\n")[2].partition("\n## ")[0]


QUESTION = STEP.findall(part("A question, file by file"))
FILE = STEP.findall(part("A file, file by file"))
IN_CHILD = FILE[6:9]
"""A process of its own begins below the first of them."""

BEGINNINGS = [line for line in part("Where to begin").splitlines() if "`" in line]


@pytest.mark.parametrize(("file", "call"), [*QUESTION, *FILE], ids="/".join)
def test_each_step_is_there(file, call):
    tree = ast.parse((ROOT / file).read_text("utf-8"))

    assert call in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_a_question_takes_few_calls():
    assert 0 < len(QUESTION) <= MOST_CALLS


def test_a_question_goes_the_way_that_is_told():
    below = QUESTION[3:]  # what is above it opens workspaces and models

    assert [step for step in _called_first(_ask) if step in below] == below


def test_a_file_goes_the_way_that_is_told(tmp_path):
    bench = Bench(tmp_path)
    bench.write("a.txt", "Snow lay deep.")
    started = FILE[2:]  # what is above it opens workspaces and models
    here = [step for step in started if step not in IN_CHILD]

    assert len(here) == len(started) - len(IN_CHILD)
    assert [step for step in _called_first(bench.run) if step in here] == here


def test_a_file_is_parsed_as_is_told(tmp_path):
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf_bytes(Page().lines(72, 700, "Snow lay deep.")))

    called = _called_first(lambda: parse(path))

    assert [step for step in called if step in IN_CHILD] == IN_CHILD[1:]


def _ask():
    index, embedder = snow_index()
    ranker = AnswerRanker(snow_scorer())
    pipeline = Pipeline(
        Retriever(index, embedder),
        EvidenceReranker(Readings(None), snow_scorer()),
        Confidence(ranker).estimate,
        ExtractiveGenerator(ranker, FakeEmbedder()),
        Limits(top_k=5, context_hits=3, context_tokens=500, threshold=0.0),
        fetch=index.chunks,
    )
    list(pipeline.ask(understand("How deep was the snow in March 1999?")))


def _called_first(run):
    """Return the functions of ours, by file and name, in the order of their first calls."""
    found, known = {}, set()

    def note(frame, event, _argument):
        code = frame.f_code
        if event == "call" and (code.co_filename, code.co_name) not in known:
            known.add((code.co_filename, code.co_name))
            if code.co_filename.startswith(str(ROOT)):
                file = Path(code.co_filename).relative_to(ROOT).as_posix()
                found.setdefault((file, code.co_name))

    former = sys.getprofile(), threading.getprofile()
    sys.setprofile(note)
    threading.setprofile(note)
    try:
        run()
    finally:
        sys.setprofile(former[0])
        threading.setprofile(former[1])
    return list(found)


@pytest.mark.parametrize("line", BEGINNINGS)
def test_what_is_added_changes_few_files_and_these_are_there(line):
    *_, changed, _ = line.split("|")
    files = re.findall(r"`([\w/.]+)`", line)

    assert len(re.findall(r"`[\w/.]+`", changed)) <= MOST_FILES
    assert [file for file in files if not (ROOT / file).exists()] == []
