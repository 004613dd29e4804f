"""What a document says of itself."""

import pytest
from builders_answer import chunk

from rag.summarization.byline import stated
from rag.understanding.question.question import understand

OPENING = chunk("a", "Weather station\nAnnual Report 2025\nBy Anneke Rood and Jonas Pichlbauer")
TITLE = "Annual Report 2025"


@pytest.mark.parametrize("question", ["Who wrote it?", "author"])
def test_who_wrote_it_is_told_by_its_byline(question):
    found = stated(understand(question), TITLE, [OPENING])

    assert found is not None
    assert "Anneke Rood" in found.text


@pytest.mark.parametrize(
    "question",
    [
        "What is the title of the second chapter?",
        "Who wrote the letter to Mirela?",
        "Which year was it built?",
    ],
)
def test_what_asks_for_something_else_is_read(question):
    assert stated(understand(question), TITLE, [OPENING]) is None
