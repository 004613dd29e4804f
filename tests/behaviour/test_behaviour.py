"""What people ask, short and vague, and what an answer must do: its state, its place, its facts.

Thirty questions over the demo, ten over documents of the shared data that were drawn by chance;
they hold behaviour and no strings. Odd input is asked of the demo too. What is not reached yet says
why, and fails once it is reached.
"""

import json
import random
import shutil
from pathlib import Path

import pytest

from rag.datamodel import Query
from rag.errors import PagelightError
from rag.summarization.collection import ListedDocument
from rag.understanding.question.question import understand

HERE = Path(__file__).parent
DEMO = HERE.parents[1] / "demo" / "documents"
SEED, DRAWN = 19, 5
MAX_WORDS = 150
PICTURES_OF_PAGES = ("web/mmdocir/static", "notes/industry-rag/img")
"""They belong to a page, which is a document of its own."""


def rows(name):
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    return [
        pytest.param(row, id=row["question"][:40], marks=_open(row))
        for row in map(json.loads, lines)
    ]


def _open(row):
    return [pytest.mark.xfail(strict=True, reason=row["open"])] if "open" in row else []


@pytest.fixture(scope="module")
def demo(asking, tmp_path_factory):
    with asking(DEMO, tmp_path_factory.mktemp("demo") / "workspace") as engine:
        yield engine


@pytest.fixture(scope="module")
def drawn(asking, shared_data, tmp_path_factory):
    root = tmp_path_factory.mktemp("drawn")
    corpus = shared_data / "corpus"
    names = sorted(str(path.relative_to(corpus)) for path in corpus.rglob("*") if path.is_file())
    documents = [name for name in names if not name.startswith(PICTURES_OF_PAGES)]
    for name in random.Random(SEED).sample(documents, DRAWN):
        copy = root / "folder" / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(corpus / name, copy)
    with asking(root / "folder", root / "workspace") as engine:
        yield engine


@pytest.mark.parametrize("row", rows("demo.jsonl"))
def test_the_demo_is_answered_as_people_ask(demo, row):
    check(demo, row)


@pytest.mark.parametrize("row", rows("shared.jsonl"))
def test_documents_drawn_by_chance_are_answered_as_people_ask(drawn, row):
    check(drawn, row)


@pytest.mark.parametrize("row", rows("odd.jsonl"))
def test_odd_input_gets_a_kind_and_useful_reply(demo, row):
    check(demo, row)


def test_a_pasted_page_is_told_to_be_no_question(demo):
    page = "The station stands on a pass of the Karn range. Dogs wait outside. " * 15
    *_, answer = demo.ask(Query(text=page))

    assert any("piece of text" in note for note in answer.notes)
    assert answer.state in ("answered", "partial")


def test_four_thousand_characters_are_told_to_be_too_long(demo):
    with pytest.raises(PagelightError, match=r"4,000 characters; at most 2,000"):
        list(demo.ask(Query(text="deep " * 800)))


DAYS = "On how many days did the old winch stand still last winter?"


def test_a_table_asks_a_recording_and_tells_the_second(demo):
    talk = next(r for r in demo.index.documents() if r.sources == ("new-winch-talk.mp4",))
    row = ListedDocument(doc_id=talk.id, source=talk.sources[0])
    (cell,) = demo.table().cells([understand(DAYS)], [row])

    (chunk,) = demo.index.chunks([cell.chunk_id])
    (place,) = chunk.locate(cell.start, cell.end)[:1]
    assert cell.text == "41"
    assert place.start_s == pytest.approx(24.8, abs=0.1)


@pytest.mark.parametrize("row", rows("talks.jsonl"))
def test_the_demo_is_talked_about_as_people_talk(demo, row):
    check(demo, row)


def check(engine, row):
    said = []
    for question in row.get("before", []):
        *_, answer = engine.ask(Query(text=question), said)
        said.append(answer.turn(question))
    *_, answer = engine.ask(Query(text=row["question"]), said)
    told = answer.text.casefold()

    if "meant" in row:
        assert answer.standalone_query == row["meant"]
    assert answer.state in row["state"], answer.text
    assert len(told.split()) <= row.get("max_words", MAX_WORDS)
    for forms in row.get("facts", []):
        assert any(form.casefold() in told for form in forms), (forms, answer.text)
    for word in row.get("without", []):
        assert word.casefold() not in told.split("\n\n")[0], answer.text
    if "source" in row:
        cited = places(answer, paged="page" in row)
        sources = [row["source"], *row.get("or_sources", [])]
        assert any((source, row.get("page")) in cited for source in sources), answer.text
    assert told.count("\n- ") + told.startswith("- ") >= row.get("min_items", 0), answer.text
    if "note" in row:
        assert any(row["note"] in note for note in answer.notes), answer.notes


def places(answer, *, paged):
    """Return the document, and the page where it is asked for, of each citation."""
    return {
        (one.chunk.source, page)
        for one in answer.citations
        for page in ({p.page for p in one.chunk.provenances} if paged else {None})
    }
