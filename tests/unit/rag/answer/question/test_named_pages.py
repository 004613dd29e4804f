import pytest

from rag.answer.question.named_pages import named_pages


@pytest.mark.parametrize(
    ("asked", "pages", "rest"),
    [
        ("How much does the chart on page 14 say?", {14}, "How much does the chart say?"),
        ("How many huts are on pages three and four?", {3, 4}, "How many huts are?"),
        ("pp. 3-5, what do they mean?", {3, 4, 5}, "what do they mean?"),
        ("Was steht auf Seite 3 über Wein?", {3}, "Was steht über Wein?"),
        ("Que montre la diapositive 7?", {7}, "Que montre?"),
    ],
)
def test_pages_are_told_from_what_is_asked_of_them(asked, pages, rest):
    named = named_pages(asked)

    assert named.pages == pages
    assert named.rest == rest


@pytest.mark.parametrize(
    "asked",
    [
        "How many pages has it?",
        "Which pages? Answer as ['Page 2', 'Page 4'].",
        "Who wrote home page 12345678?",
        "How deep was the snow in March 1999?",
    ],
)
def test_what_names_no_page_is_left_as_it_is(asked):
    assert named_pages(asked).pages == frozenset()
