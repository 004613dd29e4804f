import re

import pytest
from builders_ui import a_document, client_of, wait
from fake_ingest import FakeIngest
from fake_library import FakeLibrary

from pagelight.services.accounts.person import OWNER
from pagelight.services.jobs.jobs import Jobs, Watched
from pagelight.ui.library.files import Demo
from pagelight.ui.library.routes import demo_routes, library_routes


@pytest.fixture
def demo(tmp_path):
    folder = tmp_path / "demo" / "documents"
    (folder / "pictures").mkdir(parents=True)
    (folder / "report.txt").write_text("Snow fell.")
    (folder / "pictures" / "map.txt").write_text("A map.")
    rows = "".join(f'{{"question": "How <b>deep</b> was it in {n}?"}}\n' for n in range(9))
    (folder.parent / "questions.jsonl").write_text(rows)
    return Demo(folder)


@pytest.fixture
def documents(tmp_path):
    folder = tmp_path / "documents"
    folder.mkdir()
    return folder


@pytest.fixture
def ingest():
    ingest = FakeIngest()
    ingest.go.set()
    return ingest


@pytest.fixture
def jobs(ingest, documents):
    jobs = Jobs(lambda: ingest, folder=documents)
    yield jobs
    jobs.close()


def start_of(jobs, demo, watched=None):
    return client_of(looks(None, watched or jobs, demo), demo_routes(jobs, demo))


def looks(library, jobs=None, demo=None, examples=()):
    return library_routes(library, jobs, limit_mb=1, person=OWNER, demo=demo, examples=examples)


def suggested(library, examples=()):
    return client_of(looks(library, examples=examples)).get("/suggestions").text


def test_the_first_open_has_a_place_to_drop_the_demo_and_three_questions(jobs, demo, documents):
    html = start_of(jobs, demo).get("/start").text

    assert "Drop files or a whole folder here" in html
    assert str(documents) in html
    assert html.count('class="start-question"') == 3
    assert 'data-demo="How &lt;b&gt;deep&lt;/b&gt; was it in 0?"' in html


def test_who_may_add_nothing_is_told_whom_to_ask_or_which_folder_can_not_be_written(
    jobs, demo, documents
):
    html = start_of(jobs, demo, Watched(jobs)).get("/start").text

    assert "Ask who looks after Pagelight" in html
    assert "data-choose" not in html
    assert "data-demo" not in html
    documents.rmdir()
    html = start_of(jobs, demo).get("/start").text
    assert "files can't be added from here" in html
    assert str(documents) in html


def test_the_demo_is_copied_into_a_folder_of_its_own_and_read(jobs, demo, ingest, documents):
    client = start_of(jobs, demo)
    (documents / "mine.txt").write_text("mine")
    assert client.post("/start/demo").status_code == 204
    wait(lambda: not jobs.state.running)

    assert (documents / "Demo" / "pictures" / "map.txt").read_text() == "A map."
    assert (documents / "mine.txt").read_text() == "mine"
    assert ingest.folders == [documents]
    assert client.post("/start/demo").status_code == 204  # once more: nothing is in its way


def test_the_demo_is_removed_but_for_what_a_person_changed_or_added(jobs, demo, documents):
    client = start_of(jobs, demo)
    client.post("/start/demo")
    (documents / "Demo" / "report.txt").write_text("Snow fell, and mine.")
    wait(lambda: not jobs.state.running)

    assert client.delete("/start/demo").status_code == 204

    left = sorted(path.name for path in documents.rglob("*"))
    assert left == ["Demo", "report.txt"]
    (documents / "Demo" / "report.txt").write_text("Snow fell.")
    wait(lambda: not jobs.state.running)
    assert client.delete("/start/demo").status_code == 204
    assert not list(documents.iterdir())


@pytest.mark.parametrize(
    ("examples", "offered"),
    [
        ((), ["What are these documents about?", "Summarise a &amp; b.pdf in short"]),
        (("How deep is the snow?",), ["How deep is the snow?"]),
    ],
)
def test_the_empty_screen_offers_examples_or_summaries_of_documents(tmp_path, examples, offered):
    library = FakeLibrary(a_document(source="a & b.pdf"), folder=tmp_path)

    assert re.findall(r">([^<>]+)</button>", suggested(library, examples)) == offered


def test_a_document_with_a_title_is_offered_by_it_and_asked_for_by_its_file(tmp_path):
    library = FakeLibrary(a_document(source="x1.pdf", title="Snow"), folder=tmp_path)
    html = suggested(library)

    assert ">Summarise Snow in short</button>" in html
    assert "x1.pdf" in html


def test_documents_of_one_title_are_offered_by_their_files(tmp_path):
    filings = [a_document(source=name, title="Commission") for name in ("x1.pdf", "x2.pdf")]
    library = FakeLibrary(*filings, folder=tmp_path)
    html = suggested(library)
    assert re.findall(r">Summarise ([^<>]+) in short</button>", html) == ["x1.pdf", "x2.pdf"]
