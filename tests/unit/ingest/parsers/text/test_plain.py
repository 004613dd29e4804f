import pytest
from builders_office import parse_text

from ingest.parsers.text.plain import PARAGRAPH_LETTERS, plain_elements


def kinds(text):
    return [(element.role, element.text) for element in plain_elements(text)]


def test_blank_lines_divide_paragraphs_and_wrapped_lines_are_joined():
    wrapped = "word " * 13 + "\n"

    assert kinds(wrapped * 3 + "end.\n\nNext one.") == [
        ("paragraph", " ".join(["word"] * 39) + " end."),
        ("paragraph", "Next one."),
    ]


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        ("WEATHER REPORT\n\nIt rained.", "WEATHER REPORT"),
        ("Chapter 4: The lake\n\nIt rained.", "Chapter 4: The lake"),
        ("2.1 Instruments\nIt rained.", "2.1 Instruments"),
        ("Weather\n=======\nIt rained.", "Weather"),
    ],
)
def test_headings_are_told_from_text(text, heading):
    assert kinds(text) == [("heading", heading), ("paragraph", "It rained.")]


def test_a_line_of_a_megabyte_is_divided_between_words(tmp_path):
    document = parse_text(tmp_path, "a.txt", "word " * 300_000)

    texts = [element.text for element in document.elements]
    assert max(map(len, texts)) <= PARAGRAPH_LETTERS
    assert sum(text.count("word") for text in texts) == 300_000
    assert {word for text in texts for word in text.split()} == {"word"}
