from concurrent.futures import ThreadPoolExecutor

import pytest
from builders_index import make_chunks, make_document
from fakes import FakeEmbedder

from rag.datamodel import NO_FILTERS
from rag.retrieval.spelling import Meant, doubtful, mended
from rag.storage.workspace.store import WorkspaceIndex

EMBEDDER = FakeEmbedder()
TEXTS = (
    "Snow depth and temperature are measured at the hut. The measurements began in July 1998.",
    "In July the temperature was 11.4 degrees. Visits begin at nine; each visit takes an hour.",
    "The webcam shows the recording gauge. Ask Altmoos about the recordings.",
)


def never(_word: str) -> bool:
    return False


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    with WorkspaceIndex.open(
        tmp_path_factory.mktemp("spelling") / "w",
        model_id=EMBEDDER.model_id,
        dim=EMBEDDER.dim,
        chunker_version="1",
    ) as opened:
        document = make_document(*TEXTS)
        chunks = make_chunks(document)
        rows = EMBEDDER.embed_documents([chunk.embedding_text for chunk in chunks])
        opened.put(document, chunks, {c.id: r for c, r in zip(chunks, rows, strict=True)})
        yield opened


def read(index, question: str) -> Meant:
    return mended(question, NO_FILTERS, nearest=index.nearest_words, is_word=never)


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("temprature in jully", "temperature in July"),
        ("what are the vist times?", "what are the visit times?"),
        ("Tempratures at the hut?", "Temperature at the hut?"),
        ("which measuremnts began?", "which measurements began?"),
        ("what does the recordng show?", "what does the recording show?"),
        ("who is Altmos?", "who is Altmoos?"),
        ("where is altmos?", "where is Altmoos?"),
    ],
)
def test_what_no_document_holds_is_read_as_what_one_does(index, asked, meant):
    assert read(index, asked).text == meant


@pytest.mark.parametrize(
    "asked",
    [
        "what was the temperature in July?",
        "photovoltaic panels",  # like nothing
        "a visit at TEMPRATURE?",  # may be an id
        "visitX and vist7 and vist-4 and me@vist.com and vist/visi",
        'who wrote "vist temprature"?',
        "who is Vist?",  # a short name is another's
        "hit and hat and hut and hot",
        "",
        "  ?",
    ],
)
def test_what_may_be_meant_as_it_is_stays(index, asked):
    assert read(index, asked) == Meant(text=asked)


def test_a_contraction_without_its_apostrophe_is_no_misspelt_word():
    assert doubtful("why dont they, and what shouldnt i wrap?", never) == {}
    assert doubtful("what is the temprature?", never) == {"temprature": 2}


def test_many_threads_read_the_same(index):
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: read(index, "temprature in jully").text, range(64)))

    assert set(found) == {"temperature in July"}
