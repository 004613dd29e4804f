"""The parsers of these formats on real documents, which are not part of the repository."""

import json

import pytest
from builders_office import found_file

from ingest.discovery.discover import identify, scan
from ingest.parsers.registry import parser_for
from rag.errors import SourceError
from rag.settings import Settings
from rag.storage.images.assets import AssetStore

OTHERS = ("application/pdf", "image/")

pytestmark = pytest.mark.slow


def read(path, root, assets):
    """Parse a file, or return the reason why not; None for formats tested elsewhere."""
    settings = Settings()
    try:
        file = identify(found_file(path, root=root), settings=settings)
        if file.media_type.startswith(OTHERS):
            return None
        parser = parser_for(file.media_type, settings=settings)
        return parser.parse(file, AssetStore(assets, megapixels=settings.image_megapixels))
    except SourceError as reason:
        return reason


@pytest.fixture(scope="module")
def documents(shared_data, tmp_path_factory):
    root = shared_data / "corpus"
    assets = tmp_path_factory.mktemp("assets")
    found, skipped = scan(root)
    assert skipped == []
    outcomes = {file.source: read(root / file.source, root, assets) for file in found}
    return {source: outcome for source, outcome in outcomes.items() if outcome is not None}


def test_every_document_is_read(documents):
    assert len(documents) >= 20
    assert [s for s, outcome in documents.items() if isinstance(outcome, SourceError)] == []


def test_each_line_of_text_has_its_span(documents):
    for document in documents.values():
        for element in document.elements:
            spans = [element.text[slice(*p.span)] for p in element.provenances if p.span]
            assert spans == [line for line in element.text.split("\n") if line.strip()]


def test_accepted_answers_stand_in_the_text(documents, shared_data):
    lines = (shared_data / "questions.jsonl").read_text().splitlines()
    questions = [q for q in map(json.loads, lines) if q["answerable"] and q["source"] in documents]
    missing = [q["id"] for q in questions if not stands(q, documents[q["source"]])]

    assert len(questions) > 40
    assert len(missing) <= 0.05 * len(questions), missing


def stands(question, document):
    on_page = [e for e in document.elements if question["page"] in (None, e.page)]
    text = " ".join(" ".join([document.title, *(e.text for e in on_page)]).split()).lower()
    hits = [answer.lower() in text for answer in question["answers"]]
    return all(hits) if question["match"] == "all" else any(hits)


def test_hostile_files_are_read_or_refused(shared_data, tmp_path):
    root = shared_data / "hostile"
    found, _ = scan(root)
    sources = [file.source for file in found if file.source != "EXPECT.tsv"]
    outcomes = {source: read(root / source, root, tmp_path) for source in sources}
    refused = {s: str(o) for s, o in outcomes.items() if isinstance(o, SourceError)}

    assert "password protected" in refused["password.docx"]
    assert "RAG_UNPACKED_MB" in refused["zip-bomb.docx"]
    assert "XML entities" in refused["xml-bomb.xlsx"]
    assert "empty" in refused["zero-bytes.docx"]
    said = " ".join(e.text for d in outcomes.values() if hasattr(d, "elements") for e in d.elements)
    for fact in ("deep secret 6021", "17 crowns", "9 florins", "214 Meter", "fee is 5 marks"):
        assert fact in said
    for secret in ("5000 marks", "root:x:", "alert(1)"):
        assert secret not in said
