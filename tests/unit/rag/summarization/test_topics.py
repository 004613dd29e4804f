"""What a document treats, by its headings."""

import pytest

from rag.datamodel import Element
from rag.summarization.library import topics_of

PROSE = "On the Sturmjoch the introduction of stakes that GPS finds took a winter, and more."


def topic_of(heading):
    """Return the topic of a heading with some text below it."""
    below = Element(role="paragraph", text=PROSE)
    (topic,) = topics_of([below, Element(role="heading", text=heading), below])
    return topic


@pytest.mark.parametrize(
    ("heading", "topic"),
    [
        ("1. INTRODUCTION AND SCOPE", "Introduction and scope"),
        ("GPS ON THE STURMJOCH, A REPORT:", "GPS on the Sturmjoch, a report"),
        ("2.1 Stakes and GPS", "Stakes and GPS"),
    ],
)
def test_a_heading_in_capitals_is_told_as_text_is_written(heading, topic):
    assert topic_of(heading) == topic
