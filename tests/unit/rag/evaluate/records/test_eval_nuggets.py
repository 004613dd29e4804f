import importlib.util

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.evaluate.records.nuggets import bold_of, folded, holds, missing, opening, recall


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The Hut, at 2,140 m.", "the hut at 2140 m."),
        ("1’250 or 1'250 or 1 250 francs", "1250 or 1250 or 1250 francs"),
        ("From 4–5 to −3 (%): 12.5 %. End.", "from 4-5 to -3 % 12.5 % end."),
        ("“Altmoos” calls…\nagain at 20:30.", "altmoos calls again at 20 30."),
        ("", ""),
    ],
)
def test_words_are_folded_before_they_are_compared(text, words):
    assert folded(text) == words


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
        ("Nothing of it", [], False),
        ("George W. Bush led.", ["w. bush"], True),
    ],
)
def test_a_fact_is_held_in_any_of_its_forms_as_whole_words(text, forms, is_held):
    assert holds(text, forms) is is_held


def test_the_share_of_facts_and_those_that_lack_are_told():
    nuggets = (("20:00", "8 pm"), ("20:30",), ("rescue",))

    assert missing("They call at 8 pm, then the rescue goes.", nuggets) == ["20:30"]
    assert recall("They call at 8 pm, then the rescue goes.", nuggets) == pytest.approx(2 / 3)


def test_an_opening_has_so_many_words_without_marks_and_bold_signs():
    assert opening("**312 cm** [1]\nwas the\tdepth [12] then", words=4) == "312 cm was the"
    assert opening("Snow [1, 2, 3] fell [1,4] then.", words=9) == "Snow fell then."


def test_only_bold_words_at_the_beginning_are_the_short_answer():
    assert bold_of(" **312 cm** of **snow**") == "312 cm"
    assert bold_of("It was **312 cm**") is None


@pytest.fixture(scope="module")
def reference(shared_data):
    """The scorer that stands beside the natural questions."""
    spec = importlib.util.spec_from_file_location("natural", shared_data / "natural.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TEXTS = st.text(alphabet="ab1234 .,:%-−–'’()[]*WÄß\n", max_size=30)


@settings(max_examples=300)
@given(text=TEXTS, forms=st.lists(TEXTS, max_size=3))
def test_facts_are_found_as_the_reference_finds_them(reference, text, forms):
    assert folded(text) == reference.norm(text)
    assert holds(text, forms) == reference.holds(reference.norm(text), forms)
