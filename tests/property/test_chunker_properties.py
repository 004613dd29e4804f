"""Chunks cover the text, never exceed the limit, and know where each word stands."""

from hypothesis import given
from hypothesis import strategies as st

from ingest.chunking.chunker import chunk_document
from rag.datamodel import FULL_PAGE, Document, Element, Provenance

MAX_TOKENS = 60
WORDS = st.text(alphabet="abcdefgXYZ0123456789.,", min_size=1, max_size=60)
LINES = st.lists(WORDS, min_size=1, max_size=30).map(" ".join)


def count_tokens(text):
    """Count as a subword tokenizer does: long words cost more."""
    return 2 + sum(1 + len(word) // 6 for word in text.split())


@st.composite
def elements(draw):
    role = draw(st.sampled_from(["paragraph", "heading", "list", "table", "figure", "code"]))
    lines = draw(st.lists(LINES, min_size=1, max_size=6))
    page = draw(st.integers(1, 3))
    provenances = []
    offset = 0
    for line in lines:
        span = (offset, offset + len(line))
        provenances.append(Provenance(page=page, bbox=FULL_PAGE, span=span))
        offset += len(line) + 1
    return Element(role=role, text="\n".join(lines), provenances=tuple(provenances))


DOCUMENTS = st.lists(elements(), max_size=8).map(
    lambda found: Document(
        id="d",
        sources=("corpus/some_file.txt",),
        media_type="text/plain",
        title="A title",
        elements=tuple(found),
    )
)


@given(DOCUMENTS)
def test_no_chunk_exceeds_the_token_limit(document):
    for chunk in chunk_document(document, count_tokens=count_tokens, max_tokens=MAX_TOKENS):
        assert count_tokens(chunk.embedding_text) <= MAX_TOKENS


@given(DOCUMENTS)
def test_every_letter_of_the_document_is_in_a_chunk(document):
    chunks = chunk_document(document, count_tokens=count_tokens, max_tokens=MAX_TOKENS)
    # Headings right above a table are in its context.
    told = (c.text if c.role == "text" else f"{c.context} {c.text}" for c in chunks)
    letters = "".join("".join(text.split()) for text in told)

    for element in document.elements:
        for line in element.text.split("\n"):
            first = line.split()[0][:8]
            assert first in letters
    assert len(letters) >= sum(len("".join(e.text.split())) for e in document.elements)


@given(DOCUMENTS)
def test_spans_lie_in_the_text_and_ids_are_unique(document):
    chunks = chunk_document(document, count_tokens=count_tokens, max_tokens=MAX_TOKENS)

    assert len({c.id for c in chunks}) == len(chunks)
    for chunk in chunks:
        for provenance in chunk.provenances:
            assert 0 <= provenance.span[0] < provenance.span[1] <= len(chunk.text)
