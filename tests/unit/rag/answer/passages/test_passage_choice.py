"""Which units an answer shows, of units with given chances."""

from dataclasses import replace

import pytest
from builders_answer import chunk, hit

from rag.answer.evidence.evidence import Evidence
from rag.answer.passages.choice import LEAST_RUN, MOST_PLACES, choose
from rag.answer.passages.units import Unit


def units(name, *told, rank=1, ordinal=0):
    """Return units of one hit: pairs of chance and words."""
    text, found, at = " ".join(words for _, words in told), [], 0
    owner = hit(replace(chunk(name, text), ordinal=ordinal), rank)
    for chance, words in told:
        evidence = Evidence(hit=owner, start=at, end=at + len(words))
        found.append(Unit(evidence=evidence, shown=words, chance=chance))
        at += len(words) + 1
    return found


def shown(places):
    return [[unit.shown for unit in place] for place in places]


def test_a_place_is_told_in_the_order_of_the_document():
    told = units("a", (0.0, "Zero."), (0.3, "One two."), (0.6, "Three."), (0.0, "Four."))

    assert shown(choose(told, most_words=3)) == [["One two.", "Three."]]


def test_runs_of_one_hit_are_one_place():
    between = " ".join(f"idle{n}" for n in range(40))
    told = units("a", (0.4, "One two."), (0.0, f"{between}."), (0.6, "Three four."))

    assert shown(choose(told, most_words=10)) == [["One two.", "Three four."]]


def test_what_tells_much_in_few_words_goes_before_what_tells_more_in_many():
    many = " ".join(f"word{n}" for n in range(100))
    long = units("a", (0.5, f"{many}."))
    short = units("b", (0.4, "Seven metres."), rank=2)

    assert shown(choose([*long, *short]))[0] == ["Seven metres."]


def test_three_places_are_shown_at_most():
    told = [units(name, (0.2, f"Told by {name}."), rank=n) for n, name in enumerate("abcde", 1)]

    assert len(choose([unit for own in told for unit in own])) == MOST_PLACES


def test_the_likelier_place_comes_first():
    one = units("a", (0.3, "One."))
    other = units("b", (0.6, "Two."), rank=2)

    assert shown(choose([*one, *other])) == [["Two."], ["One."]]


def test_what_adds_little_is_left_out():
    one = units("a", (0.9, "One."))
    other = units("b", (0.9 * LEAST_RUN / 2, "Two."), rank=2)

    assert shown(choose([*one, *other])) == [["One."]]


def test_no_more_words_are_shown_than_there_is_room_for():
    told = units("a", *((0.1, "five words stand in here") for _ in range(5)))
    told = [replace(unit, shown=f"{unit.shown} {n}") for n, unit in enumerate(told)]

    (place,) = choose(told, most_words=20)
    assert sum(unit.word_count for unit in place) <= 20
    assert len(place) == 3


def test_a_single_unit_that_is_too_long_is_shown_all_the_same():
    assert shown(choose(units("a", (1.0, "one two three")), most_words=2)) == [["one two three"]]


def test_the_same_words_are_shown_once():
    one = units("a", (0.5, "Snow lay deep in March."))
    other = units("b", (0.5, "Snow lay deep in March."), rank=2)

    assert len(choose([*one, *other])) == 1


def test_room_that_is_left_goes_to_what_stands_beside():
    told = units("a", *((0.1, f"Point number {n}.") for n in range(8)))

    assert len(choose(told)[0]) == len(told)


def test_nothing_is_chosen_of_nothing():
    assert choose([]) == []


def test_a_heading_alone_is_no_place():
    one = units("a", (0.6, "The way up"))
    other = units("b", (0.4, "Take the path to the pass."), rank=2)

    assert shown(choose([*one, *other])) == [["Take the path to the pass."]]


def test_the_place_that_leads_is_one_of_a_likely_hit():
    unlikely = [
        replace(u, evidence=replace(u.evidence, hit=replace(u.evidence.hit, score=0.01)))
        for u in units("a", (0.4, "One."))
    ]
    likely = [
        replace(u, evidence=replace(u.evidence, hit=replace(u.evidence.hit, score=0.9)))
        for u in units("b", (0.3, "Two."), rank=2)
    ]

    assert shown(choose([*unlikely, *likely])) == [["Two."], ["One."]]


def test_a_text_that_leads_to_what_follows_goes_on_in_the_next_hit():
    leads = units("a", (0.6, "These languages are allowed:"), rank=2, ordinal=4)
    points = units("b", (0.1, "Kotlin"), (0.1, "Python"), rank=1, ordinal=5)

    assert shown(choose([*points, *leads])) == [
        ["These languages are allowed:", "Kotlin", "Python"]
    ]


@pytest.mark.parametrize(
    ("end", "begin"),
    [("All was said.", "Another thing is this."), ("All was said.", "small letters go on.")],
)
def test_a_text_that_is_done_does_not_go_on(end, begin):
    one = units("a", (0.6, end), ordinal=4)
    other = units("b", (0.01, begin), rank=2, ordinal=5)

    assert shown(choose([*one, *other])) == [[end]]


@pytest.mark.parametrize("end", ["It took off from Soekarno-", "It flew over Java,"])
def test_a_sentence_that_is_open_goes_on_with_whatever_letter(end):
    one = units("a", (0.6, end), ordinal=4)
    other = units("b", (0.1, "Hatta and the sea."), rank=2, ordinal=5)

    assert shown(choose([*one, *other])) == [[end, "Hatta and the sea."]]


def test_a_sentence_goes_on_over_the_page():
    one = units("a", (0.6, "Snow lay deep in"), ordinal=4)
    other = units("b", (0.1, "the whole of March."), rank=2, ordinal=5)

    assert shown(choose([*one, *other])) == [["Snow lay deep in", "the whole of March."]]
