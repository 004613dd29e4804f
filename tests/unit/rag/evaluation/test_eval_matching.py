import pytest

from rag.evaluation.matching import holds_answer, missing_facts


@pytest.mark.parametrize(
    ("expected", "text", "stands"),
    [
        ("51%", "It was 51% [1].", True),
        ("51", "It was 151.", False),
        ("51", "It was 51.", True),
        ("1234.5", "1,234.5 km", True),
        ("Blue", "blueish", False),
        ("people's", "the people’s choice", True),
        ("a  b", "A\nb", True),
    ],
)
def test_an_answer_stands_in_a_text_as_whole_words(expected, text, stands):
    assert holds_answer(text, [expected], match="any") is stands


@pytest.mark.parametrize(
    ("text", "forms", "is_held"),
    [
        ("It closed at 20:30 sharp.", ["20:30"], True),
        ("Room 113 is free.", ["13"], False),
        ("There were 13.", ["13"], False),
        ("They excavate.", ["cave"], False),
        ("It lost 31 %.", ["31%", "31 per cent"], False),
        ("A net of 3,226 million", ["3.2 billion", "3226"], True),
        ("George W. Bush led.", ["w. bush"], True),
    ],
)
def test_a_fact_is_held_in_any_of_its_forms_as_whole_words(text, forms, is_held):
    assert (missing_facts(text, [forms]) == []) is is_held
