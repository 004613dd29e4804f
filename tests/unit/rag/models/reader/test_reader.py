"""The reader through its production loader, on real weights."""

import itertools

import pytest

from rag.errors import ModelError
from rag.models.reader.reader import ADAPTER, Reader

ADA = "Ada Lovelace was born in London. She published the first program in 1843."
TABLE = "Year | Sales\n2019 | $1,400\n2020 | $2,750\n2021 | $3,120"
OTHER = "Bread is made of flour, water and salt, and left to rise for an hour."


@pytest.fixture(scope="module")
def reader():
    if not ADAPTER.is_file():
        pytest.skip("no weights are shipped yet")
    return Reader()


def first(reading, passage):
    return passage[reading.spans[0].start : reading.spans[0].end]


def test_a_passage_with_the_answer_is_more_relevant_than_one_without(reader):
    question = "When was the first program published?"

    with_answer, without = reader.read(question, [ADA, OTHER])

    assert with_answer.relevance > 0.5 > without.relevance


@pytest.mark.parametrize(
    ("passage", "answer"),
    [
        ("Der Verein wurde in Bern gegründet und hat aktuell 32 Mitglieder.", "32"),
        ("L'association a été fondée à Berne et compte 32 membres.", "32"),
        ("La asociación se fundó en Berna y tiene 32 miembros.", "32"),
        ("L'associazione è stata fondata a Berna e ha 32 soci.", "32"),
    ],
)
def test_other_languages_are_read_by_their_words_in_english(reader, passage, answer):
    reading = reader.read("How many members does the association have?", [passage])[0]

    assert reading.relevance > 0.5
    assert answer in first(reading, passage)
    assert passage[: reading.spans[0].start][-1:] in {"", " "}


def test_what_is_read_together_does_not_matter(reader):
    passages = [ADA, TABLE, OTHER, f"{OTHER} {ADA} " * 8, ""]
    question = "When was the first program published?"

    together = reader.read(question, passages)

    for passage, reading in zip(passages, together, strict=True):
        alone = reader.read(question, [passage])[0]
        assert alone.relevance == pytest.approx(reading.relevance, abs=0.03)


def test_the_answer_is_found_at_the_end_of_a_long_passage(reader):
    passage = f"{OTHER} " * 40 + ADA

    reading = reader.read("When was the first program published?", [passage])[0]

    assert "1843" in first(reading, passage)


def test_spans_share_no_letter_and_their_chances_sum_to_at_max_the_relevance(reader):
    reading = reader.read("Who was born in London?", [ADA], count=5)[0]

    assert sum(span.score for span in reading.spans) <= reading.relevance + 1e-6
    for one, other in itertools.combinations(reading.spans, 2):
        assert one.end <= other.start or other.end <= one.start


def test_missing_weights_are_an_error_for_a_person(tmp_path):
    reader = Reader(adapter=tmp_path / "none.safetensors")

    with pytest.raises(ModelError, match="can't be read"):
        reader.read("Who?", [ADA])
