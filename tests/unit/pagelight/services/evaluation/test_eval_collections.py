import gzip

import pytest

from pagelight.services.evaluation import Options, evaluate_collections
from rag.errors import PagelightError
from rag.evaluation.questions import CollectionText, read_collection
from rag.settings import Settings

CORPUS = b'{"_id": "a", "title": "Snow", "text": "It is deep."}\n{"id": 7, "text": "It is high."}\n'
QUERIES = b'{"_id": "q", "text": "How deep?"}\n{"_id": "r", "text": "How high?"}\n'
QRELS = b"query-id\tcorpus-id\tscore\nq\ta\t2\nr\t7\t0\n"


def a_collection(folder, *, corpus=CORPUS, queries=QUERIES, qrels=QRELS):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "corpus.jsonl").write_bytes(corpus)
    (folder / "queries.jsonl").write_bytes(queries)
    (folder / "qrels.tsv").write_bytes(qrels)
    return folder


def test_a_collection_is_read(tmp_path):
    found = read_collection(a_collection(tmp_path / "peaks"))

    assert found.name == "peaks"
    assert found.texts == (
        CollectionText(id="a", title="Snow", text="It is deep."),
        CollectionText(id="7", text="It is high."),
    )
    assert found.qrels == {"q": {"a": 2}, "r": {"7": 0}}
    assert [query.id for query in found.judged] == ["q"]
    assert found.errors == ()


def test_the_layouts_of_beir_and_trec_are_read_too(tmp_path):
    folder = a_collection(tmp_path)
    (folder / "corpus.jsonl").rename(folder / "plain")
    (folder / "corpus.jsonl.gz").write_bytes(gzip.compress(CORPUS))
    (folder / "plain").unlink()
    (folder / "qrels.tsv").unlink()
    (folder / "qrels").mkdir()
    (folder / "qrels" / "test.tsv").write_bytes(b"q 0 a 1\n")

    found = read_collection(folder)

    assert len(found.texts) == 2
    assert found.qrels == {"q": {"a": 1}}


def test_bad_lines_are_told_and_stop_no_other(tmp_path):
    folder = a_collection(
        tmp_path,
        corpus=CORPUS + b'{"text": "no id"}\nnot json\n[]\n{"id": "a", "text": "again"}\n',
        qrels=QRELS + b"q\ta\n\nq\t7\tmany\n",
    )

    found = read_collection(folder)

    assert len(found.texts) == 2
    assert [error.line for error in found.errors] == [3, 4, 5, 6, 4, 6]
    assert found.errors[3].reason == "corpus: the id a came before"


@pytest.mark.parametrize("name", ["queries.jsonl", "qrels.tsv"])
def test_a_missing_file_is_named(tmp_path, name):
    folder = a_collection(tmp_path)
    (folder / name).unlink()

    with pytest.raises(PagelightError, match=f"lacks {name}"):
        read_collection(folder)


class Watched:
    """Keeps what was shown."""

    def __init__(self):
        self.begun = []

    def begin(self, what, total):
        self.begun.append((what, total))

    def advance(self):
        pass


@pytest.mark.slow
def test_a_collection_is_indexed_once_and_anew_when_its_texts_change(tmp_path):
    settings = Settings(workspace=tmp_path / "index")
    neighbour = tmp_path / "index" / "evaluation" / "collections" / "peaks-b-0123456789ab-1"
    neighbour.mkdir(parents=True)

    def texts_indexed(corpus):
        display = Watched()
        folder = a_collection(tmp_path / "peaks", corpus=corpus)
        evaluate_collections(settings, folder, Options(), display)
        return display.begun[0]

    assert texts_indexed(CORPUS) == ("Indexing peaks", 2)
    assert texts_indexed(CORPUS) == ("Indexing peaks", 0)
    assert texts_indexed(CORPUS + b'{"id": "new", "text": "Bread"}') == ("Indexing peaks", 3)
    assert neighbour.is_dir()
    assert len(list(neighbour.parent.iterdir())) == 2
