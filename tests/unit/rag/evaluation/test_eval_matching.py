import importlib.util

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.evaluation.matching import holds_answer, missing_facts


@pytest.mark.parametrize(
    ("expected", "text", "stands"),
    [
        ("51%", "It was 51% [1].", True),
        ("51", "It was 151.", False),
        ("51", "It was 51.2.", False),
        ("51", "It was 51.", True),
        ("1,234", "In all 1234 [2]", True),
        ("1234.5", "1,234.5 km", True),
        ("Blue", "a blue, cold sky", True),
        ("Blue", "blueish", False),
        ("-5 °C", "\u22125 °C", True),
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
        ("There were 13. Or so.", ["13"], True),
        ("There were 13.", ["13"], False),  # as the reference: the last full stop stays
        ("About 13.5 m.", ["13"], False),
        ("They excavate.", ["cave"], False),
        ("Sites were inaccessibles.", ["inaccessible"], True),
        ("It lost 31 %.", ["31%", "31 per cent"], False),
        ("It lost 31% then.", ["31%", "31 per cent"], True),
        ("A net of 3,226 million", ["3.2 billion", "3226"], True),
        ("George W. Bush led.", ["w. bush"], True),
    ],
)
def test_a_fact_is_held_in_any_of_its_forms_as_whole_words(text, forms, is_held):
    assert (missing_facts(text, [forms]) == []) is is_held


@pytest.fixture(scope="module")
def reference(shared_data):
    """The scorer that stands beside the natural questions."""
    spec = importlib.util.spec_from_file_location("natural", shared_data / "natural.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TEXTS = st.text(alphabet="ab1234 .,:%-−–'’()[]*WÄß\n", max_size=30)


@settings(max_examples=60)
@given(text=TEXTS, forms=st.lists(TEXTS, min_size=1, max_size=3))
def test_facts_are_found_as_the_reference_finds_them(reference, text, forms):
    held = missing_facts(text, [forms]) == []

    assert held == reference.holds(reference.norm(text), forms)
