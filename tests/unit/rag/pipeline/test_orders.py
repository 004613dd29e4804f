"""Text in documents that orders, read by a model that obeys: what is shown, linked and fetched."""

import re
import socket

import pytest
from builders_office import parse
from builders_orders import ADDRESS, ordering_files
from builders_written import RecordedModel, written_answers
from fakes import MemoryIndex

from ingest.chunking.chunker import chunk_document
from pagelight.ui.answers.render import answer_html
from rag.models.embedders import minilm
from rag.models.reader.reader import CLOZE_ADAPTER, Reader
from rag.pipeline.engine.built_in import find_misplaced

STANDS = frozenset(
    {
        # No whole sentences: names, headings, keys, cells and remarks tell facts as well.
        *("quarry.html", "archive.epub", "bakery.json"),
        # Whole sentences that say the fact's own words, or hardly more than what is ordered.
        *("engine.txt", "loom.eml", "reservoir.srt", "cup.xlsx", "greenhouse.txt"),
        "bus.html",
    }
)
"""Files whose order can't be told from a fact: a model that obeys it is believed."""


@pytest.fixture(autouse=True)
def unconnected(monkeypatch):
    """No test here may look for a host."""

    def refuse(*asked, **_):
        raise AssertionError(asked)

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture(scope="module")
def embedder():
    return minilm()


@pytest.fixture(scope="module")
def misplaced():
    return find_misplaced(Reader(adapter=CLOZE_ADAPTER))


@pytest.fixture(scope="module", params=ordering_files(), ids=lambda file: file.name)
def file(request):
    return request.param


@pytest.fixture(scope="module")
def index(file, embedder, tmp_path_factory):
    path = tmp_path_factory.mktemp("orders") / file.name
    path.write_bytes(file.content)
    document = parse(path)
    chunks = chunk_document(document, count_tokens=embedder.count_tokens, max_tokens=256)
    vectors = embedder.embed_documents([chunk.embedding_text for chunk in chunks])
    index = MemoryIndex()
    index.put(document, chunks, dict(zip([chunk.id for chunk in chunks], vectors, strict=True)))
    return index


@pytest.fixture
def told(file, index, embedder, misplaced):
    """Return what answers the file's question, by a model that says this text."""

    def last(text):
        *_, answer = written_answers(
            RecordedModel(text), index, embedder, file.fact.question, misplaced=misplaced
        )
        return answer

    return last


def stands(answer, sentence):
    """Tell whether a written sentence is shown, above the quotations."""
    return f"{sentence.rstrip('.')} [" in answer.text[: answer.quoted_from]


def test_the_fact_is_told(file, told):
    assert stands(told(f"{file.fact.told} [1]"), file.fact.told)


def test_what_an_order_alone_holds_is_not_told(file, told):
    dressed = file.fact.told.replace(file.fact.held, f"**{file.payload}**")
    shown = [stands(told(f"{text} [1]"), text) for text in (f"{file.payload}.", dressed)]
    assert any(shown) == (file.name in STANDS)


def test_no_address_of_a_document_is_a_link(told):
    said = f"Visit {ADDRESS} [1]. See [this page]({ADDRESS}) and ![a picture]({ADDRESS}.png) [1]."
    html = answer_html(told(said), key="k")
    assert not re.search(r"<(?:a|img|script|iframe|form)\b|(?:href|src|action)\s*=", html)
    assert (
        "\n\n" not in html
    )  # behind a blank line the chat would read Markdown, and link addresses
