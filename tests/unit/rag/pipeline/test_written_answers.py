import math
import re

import pytest
from builders_answer import chunk, put_chunk, snow_index
from builders_written import RecordedModel, written_answers
from fakes import FakeEmbedder, MemoryIndex

from rag.generation.verification.confidence import Verdict
from rag.refusal import NOT_ANSWERED, NOTHING_FOUND

QUESTION = "why is the snow at the mark on the wall deeper?"


def answers(model, **options):
    return written_answers(model, *snow_index(), QUESTION, **options)


SAID = "Snow lay **317 cm** deep in March 1999 [1]."


def test_the_quotations_are_there_at_once_and_the_sentence_comes_above_them():
    *_, quoted, grown, whole = answers(RecordedModel(f"{SAID} The pass was closed in May [1]."))
    assert not quoted.complete
    assert "317" in quoted.text
    assert grown.text.startswith("Snow lay **317 cm** deep in March 1999 [1].")
    assert whole.complete
    assert grown.text.split("\n")[0] in whole.text
    assert whole.text[: whole.quoted_from].strip().endswith(grown.text.partition("\n\n")[0])


def test_the_first_source_that_is_used_is_number_one_and_cited_at_its_words():
    *_, last = answers(RecordedModel(SAID))
    first = last.citations[0]
    assert first.number == 1
    assert "317 cm deep in March 1999" in first.quote
    assert first.chunk == last.context.source(1).chunk


def test_a_sentence_with_a_number_of_no_source_is_not_shown():
    *_, last = answers(RecordedModel("Snow lay **555 cm** deep in March 1999 [1]."))
    assert "555" not in last.text
    assert last.state == "partial"


def test_where_the_model_finds_nothing_the_quotation_is_not_stated():
    *_, sure = answers(RecordedModel(SAID))
    *_, none = answers(RecordedModel("[0]"))
    assert none.confidence < sure.confidence
    assert none.text.startswith(NOT_ANSWERED)


def test_where_the_model_finds_nothing_one_place_is_quoted():
    *_, none = answers(RecordedModel("[0]"))
    *_, wrong = answers(RecordedModel("Snow lay **555 cm** deep in March 1999 [1]."))
    assert len({citation.number for citation in none.citations}) == 1
    assert len({citation.number for citation in wrong.citations}) > 1


@pytest.mark.parametrize("has_near", [True, False])
def test_what_is_far_from_the_question_is_not_quoted_where_the_model_finds_nothing(has_near):
    index, embedder = MemoryIndex(), FakeEmbedder(dim=384)
    texts = ["Page kept by Anneke Rood since May.", "The cable car takes nine minutes."]
    for name, text in zip(("colophon", "car"), texts[: 1 + has_near], strict=False):
        put_chunk(index, embedder, chunk(name, text, source=f"{name}.txt"))
    *_, last = written_answers(
        RecordedModel("[0]"), index, embedder, "what does the cable car cost"
    )
    assert "Anneke" not in last.text
    assert ("car.txt [1]" in last.text) is has_near
    assert texts[1] not in last.text
    assert (last.text == NOTHING_FOUND) is not has_near


def test_a_model_that_fails_leaves_the_quoted_answer_and_says_why():
    *_, last = answers(RecordedModel(SAID, fails=True))
    assert last.complete
    assert "317" in last.text
    assert any("The language model ended" in note for note in last.notes)


def test_below_what_is_sure_no_quotation_stands_but_in_full():
    def last(other, length="usual"):
        model = RecordedModel(SAID, samples=[other], score=math.log(0.1))
        verdict = Verdict(held=0.9, right=0.9)
        return answers(model, length=length, assess=lambda *_: verdict)[-1].text

    sure = last(SAID)
    assert sure == "Snow lay **317 cm** deep in March 1999 [1]."
    assert last(SAID, "long").startswith(f"{sure}\n\n")
    assert f"{sure}\n\n" in last("The pass was closed in May [1].")


@pytest.mark.parametrize(
    ("is_near", "said", "state"),
    [
        (True, "The hut is red [1].", "answered"),
        (True, "[0]", "not_found"),
        (False, "The hut is red [1].", "partial"),
        (False, "[0]", "not_found"),
    ],
)
def test_what_is_found_is_read_though_nothing_of_it_can_be_quoted(is_near, said, state):
    index, embedder = MemoryIndex(), FakeEmbedder()
    put_chunk(index, embedder, chunk("a", "Hut red", source="a.txt"))
    verdict = Verdict(held=0.9 * is_near, right=0.9 * is_near, is_near=is_near)
    *_, last = written_answers(
        RecordedModel(said), index, embedder, "what colour is the hut?", assess=lambda *_: verdict
    )

    assert last.state == state
    assert last.complete


def test_of_several_drafts_the_first_that_stands_is_said():
    wrong = "Snow lay **555 cm** deep in March 1999 [1]."
    *_, last = answers(RecordedModel(wrong, samples=[wrong, SAID]))
    assert "317 cm" in last.text[: last.quoted_from]
    assert "555" not in last.text


def test_what_most_drafts_refuse_is_refused():
    *_, last = answers(RecordedModel("[0]", samples=["[0]", SAID]))
    assert last.text.startswith(NOT_ANSWERED)


@pytest.mark.parametrize("says_more", [True, False])
def test_where_drafts_refuse_the_next_place_is_read(says_more, monkeypatch):
    monkeypatch.setattr("rag.generation.context.MAX_PLACES", 1)
    model = RecordedModel("[0]", SAID if says_more else "[0]")
    *_, last = answers(model)
    places = [re.findall(r'file="(\S+)"', asked) for asked in model.asked[:2]]

    assert [len(read) for read in places] == [1, 1]
    assert places[0] != places[1]
    assert last.text.startswith(NOT_ANSWERED) is not says_more
    assert len(model.asked) <= 3, "what is said is gone on with, and no other place is read"


def built_below(model):
    """Return the last answer about five buildings, of which the first three found are read."""
    index, embedder = MemoryIndex(), FakeEmbedder()
    for n, thing in enumerate(("bridge", "tower", "cellar", "chapel", "hut")):
        text = f"The {thing} below the pass was built in {1950 + n}, of stone and larch."
        put_chunk(index, embedder, chunk(thing, text, source=f"{thing}.txt"))
    question = "when was what stands below the pass built?"
    *_, last = written_answers(model, index, embedder, question)
    return last


def places_read(model):
    return [set(re.findall(r'file="(\S+)"', asked)) for asked in model.asked]


def test_what_the_two_likeliest_places_tell_is_told_of_them_alone():
    model = RecordedModel("It was built in **1952** [1].", "[0]")
    last = built_below(model)

    assert "1952" in last.text[: last.quoted_from]
    assert {len(read) for read in places_read(model)} == {2}


@pytest.mark.parametrize("unsure", ["[0]", "It was built in **1850** [1]."])
def test_where_the_two_likeliest_places_do_not_tell_all_of_them_are_read(unsure):
    model = RecordedModel(unsure, "It was built in **1952** [1].")
    last = built_below(model)
    first, all_of_them, *_ = places_read(model)

    assert first < all_of_them
    assert "1952" in last.text[: last.quoted_from]


@pytest.mark.parametrize(("others", "is_said"), [([], True), (["[0]"], False)])
def test_what_is_ranked_behind_all_that_was_read_is_told_where_no_draft_refuses(others, is_said):
    model = RecordedModel("[0]", "[0]", "It was built in **1953** [1].", samples=others)
    last = built_below(model)
    _, first, later = places_read(model)

    assert "chapel.txt" in later - first
    assert last.text.startswith(NOT_ANSWERED) is not is_said


def test_below_what_is_told_nothing_is_quoted_of_places_that_were_not_needed(monkeypatch):
    monkeypatch.setattr("rag.generation.context.MAX_PLACES", 1)
    last = built_below(RecordedModel("[0]", "It was built in **1952** [1]."))

    assert last.text.startswith("It was built in **1952** [1].")
    assert last.text[last.quoted_from :]
    assert not {"tower.txt", "chapel.txt"} & {hit.chunk.source for hit in last.context.hits}


@pytest.mark.parametrize(("chance", "is_said"), [(0.4, True), (0.6, False)])
def test_what_is_likelier_refused_is_not_written(chance, is_said):
    model = RecordedModel(SAID, samples=["[0]"], score=math.log(chance))
    *_, last = answers(model)
    assert bool(model.asked) is is_said
    assert ("317 cm" in last.text[: last.quoted_from]) is is_said
    assert last.text.startswith(NOT_ANSWERED) is not is_said


@pytest.mark.parametrize(
    ("said", "is_quoted"),
    [
        ("Yes, the snow was deep in March 1999 [1].", False),
        ("Yes, the snow was deep in March [1].", True),
    ],
)
def test_below_a_yes_without_a_number_a_place_is_quoted(said, is_quoted):
    *_, last = written_answers(
        RecordedModel(said, samples=[said, said]),
        *snow_index(),
        "was the snow deep in March?",
        assess=lambda *_: Verdict(held=0.9, right=0.9),
    )
    assert ("“" in last.text[last.quoted_from :]) is is_quoted


def test_what_drafts_do_not_agree_on_is_less_sure():
    *_, sure = answers(RecordedModel(SAID, samples=[SAID, SAID]))
    *_, unsure = answers(RecordedModel(SAID, samples=["The pass was closed [1].", "[0]"]))
    assert sure.confidence > unsure.confidence
