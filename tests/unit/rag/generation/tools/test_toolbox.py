"""What a further search looks into."""

import pytest
from builders_answer import chunk, hit

from rag.datamodel import Filters, Query
from rag.generation.tools.calls import ToolCall
from rag.generation.tools.toolbox import ShelvedDocument, Toolbox
from rag.understanding.question.question import understand

SOURCES = ("reports/costco-2021.pdf", "reports/2021.pdf", "old/notes.txt", "new/notes.txt")


class Shelf:
    def searched(self, filters):
        admitted = [name for name in SOURCES if filters.admit(source=name, media_type="")]
        return [ShelvedDocument(doc_id=name, source=name) for name in admitted]


def searched(words, filters=None):
    """Return the words and the sources that a call for a search looks for."""
    asked = []

    def rank(question, most):
        assert most > 0
        asked.append(question)
        return [hit(chunk("c", "Assets: 59,268", source="reports/costco-2021.pdf"))]

    question = understand(Query(text="Which is more?", filters=filters or Filters()))
    Toolbox(rank, Shelf()).done(question, ToolCall(name="search", words=words))
    (one,) = asked
    return one.text, one.filters.within


@pytest.mark.parametrize(
    ("words", "text", "within"),
    [
        ("total assets", "total assets", ()),
        ("total assets in costco-2021.pdf", "total assets", SOURCES[:1]),
        ("total assets (Costco-2021.PDF)", "total assets", SOURCES[:1]),
        ("2021.pdf: assets", "assets", SOURCES[1:2]),
        ("what notes.txt tells of snow", "what tells of snow", SOURCES[2:]),
        ("costco-2021.pdf", "costco-2021.pdf", SOURCES[:1]),
        ("total assets 2021", "total assets 2021", ()),
    ],
)
def test_words_that_name_a_file_are_searched_in_it_alone(words, text, within):
    assert searched(words) == (text, within)


def test_a_file_that_the_question_may_not_see_is_not_searched():
    only = Filters(within=("old/",))

    assert searched("snow in costco-2021.pdf", only) == ("snow in costco-2021.pdf", ("old/",))
    assert searched("snow in notes.txt", only) == ("snow", ("old/notes.txt",))
