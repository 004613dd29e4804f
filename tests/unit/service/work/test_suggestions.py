import threading
import time
from dataclasses import replace

import pytest
from builders_ui import a_chunk, a_document, an_answer, wait
from fake_engine import FakeEngine, FakeProfile
from fake_ingest import FakeIngest
from fake_library import FakeLibrary

from rag.datamodel import Element
from service.asking.suggest import candidates_of
from service.work.jobs import Jobs
from service.work.suggestions import Suggestions, candidate_lists

TABLE = "Hut | Beds | Altitude\nUpper hut | 24 | 2310 m\n1999 | 3 | 4"


def questions(*elements, **changes):
    doc = a_document(*elements, **changes)
    return [candidate.question for candidate in candidates_of(doc)]


def an_element(role, text):
    return Element(role=role, text=text)


def test_a_table_is_asked_for_a_named_column_of_a_named_row():
    assert questions(an_element("table", TABLE)) == ["How many beds has Upper hut?"]
    heights = TABLE.replace("24", "").replace("Altitude", "Heights above sea")
    assert questions(an_element("table", heights)) == [
        "What are the heights above sea of Upper hut?"
    ]
    value = TABLE.replace("Beds", "Value")
    assert questions(an_element("table", value)) == ["What is the altitude of Upper hut?"]
    mass = TABLE.replace("Beds", "Mass")
    assert questions(an_element("table", mass)) == ["What is the mass of Upper hut?"]


@pytest.mark.parametrize("row", ["Jan", "12 March", "8-9 June", "März 2024", "11 déc."])
def test_a_row_of_a_day_or_month_is_not_asked_about(row):
    assert questions(an_element("table", f"Day | Snow\n{row} | 3 cm")) == []
    assert questions(an_element("table", f"Hut | Snow\nJanet's hut, {row} | 3 cm")) != []


def test_a_column_that_a_chart_gives_no_name_is_not_asked_for():
    assert questions(an_element("chart", "Category | Value\nUpper hut | 24")) == []
    assert questions(an_element("chart", "Category | Beds\nUpper hut | 24")) == [
        "How many beds has Upper hut?"
    ]


@pytest.mark.parametrize(
    ("caption", "asked"),
    [
        (
            "Figure 3: Snow depth by month. Source: us",
            ["Show me the figure of snow depth by month"],
        ),
        ("Fig. 2 – NASA rockets at rest", ["Show me the figure of NASA rockets at rest"]),
        ("Table 1: Beds of each hut", []),
        ("Figure 7", []),
        ("<img src=x> of the snow", []),
    ],
)
def test_a_caption_is_asked_for_without_its_number(caption, asked):
    assert questions(an_element("caption", caption)) == asked


def test_what_is_told_of_one_thing_in_two_columns_is_no_table_with_a_header():
    told = a_document(an_element("table", "Type | Public\nFounder | Ilse Amend"))
    beds = a_document(an_element("table", "Hut | Beds\nUpper hut | 24"))

    assert candidates_of(told) == []
    assert [c.question for c in candidates_of(beds)] == ["How many beds has Upper hut?"]


def test_a_caption_begins_with_a_name_where_the_document_writes_it_large_alone():
    paragraph = an_element("paragraph", "The depth of snow, by Amend.")
    captions = [an_element("caption", f"{word} measured at dawn") for word in ("Snow", "Amend")]

    assert [c.question for c in candidates_of(a_document(paragraph, *captions))] == [
        "Show me the figure of snow measured at dawn",
        "Show me the figure of Amend measured at dawn",
    ]


def test_a_word_that_the_document_writes_large_where_a_sentence_begins_alone_is_no_name():
    heading = an_element("heading", "Monthly values")
    caption = an_element("caption", "Monthly snow at dawn")

    asked = [c.question for c in candidates_of(a_document(heading, caption))]
    assert "Show me the figure of monthly snow at dawn" in asked


def test_kinds_come_by_turns():
    doc = a_document(an_element("caption", "Figure 1: The old hut"), an_element("table", TABLE))
    other = replace(doc, id="1" * 64)

    assert [[c.kind for c in found] for found in candidate_lists([doc, other])] == [
        ["table", "caption"],
        ["caption", "table"],
    ]


class Room:
    def __init__(self, folder, answer, profile="embedded", docs=6):
        found = [a_document(an_element("table", TABLE), source=f"{n}.pdf") for n in range(docs)]
        library = FakeLibrary(*found, folder=folder)
        self.engine = FakeEngine(index=library, profile=FakeProfile(name=profile))
        self.engine.ask = lambda query, _: iter([self.asked.append(query.text) or answer(library)])
        self.asked = []
        self.jobs = Jobs(FakeIngest, folder=folder)
        self.store = folder / "suggestions.json"

    def suggested(self):
        found = Suggestions(self.engine, self.jobs, store=self.store)
        deadline = time.monotonic() + 10
        while found.current()[1] and time.monotonic() < deadline:
            time.sleep(0.01)
        return found.current()[0]


def of_the_first(_library, **changes):
    chunk = a_chunk(source="3.pdf")
    return an_answer("24 beds. [1]", chunk, **{"confidence": 0.95} | changes)


def test_only_what_its_own_document_answers_with_confidence_is_suggested(tmp_path):
    assert Room(tmp_path, of_the_first).suggested() == ("How many beds has Upper hut?",)
    (tmp_path / "suggestions.json").unlink()
    for changes in ({"confidence": 0.5}, {"answered": False}, {"unsupported": ((0, 2),)}):
        room = Room(tmp_path, lambda library, c=changes: of_the_first(library, **c))
        assert room.suggested() == ()
        (tmp_path / "suggestions.json").unlink()


def test_what_was_found_is_kept_until_the_library_changes(tmp_path):
    Room(tmp_path, of_the_first).suggested()
    again = Room(tmp_path, of_the_first)
    assert (len(again.suggested()), again.asked) == (1, [])
    changed = Room(tmp_path, of_the_first, docs=7)
    changed.suggested()

    assert changed.asked


def test_nothing_is_asked_where_a_model_writes_or_before_it_is_ready(tmp_path):
    writing = Room(tmp_path, of_the_first, profile="local")
    assert (writing.suggested(), writing.asked) == ((), [])
    loading = Room(tmp_path, of_the_first)
    loading.engine.is_ready = False

    assert Suggestions(loading.engine, loading.jobs, store=loading.store).current() == ((), True)
    assert loading.asked == []


def test_of_many_persons_one_is_looked_for_at_a_time(tmp_path):
    gate, begun = threading.Event(), threading.Event()

    def answer(library):
        begun.set()
        gate.wait(20)
        return of_the_first(library)

    room, turn = Room(tmp_path, answer), threading.Lock()
    persons = [
        Suggestions(room.engine, room.jobs, store=tmp_path / f"{n}.json", turn=turn)
        for n in range(9)
    ]
    told = [person.current() for person in persons]
    begun.wait(20)
    threads = [thread for thread in threading.enumerate() if thread.name == "suggest"]
    gate.set()
    wait(lambda: all(not person.current()[1] for person in persons))

    assert told == [((), True)] * 9
    assert len(threads) == 1
    assert persons[-1].current()[0] == ("How many beds has Upper hut?",)


def test_what_was_broken_off_is_begun_anew_once_the_program_is_free(tmp_path):
    def answer(library):
        room.engine.is_ready = len(room.asked) > 1  # at the first question it is ready no more
        return of_the_first(library)

    room = Room(tmp_path, answer)
    found = Suggestions(room.engine, room.jobs, store=room.store)
    found.current()
    wait(lambda: "suggest" not in [thread.name for thread in threading.enumerate()])
    broken_off = found.current()
    room.engine.is_ready = True
    wait(lambda: not found.current()[1])

    assert broken_off == ((), True)
    assert found.current()[0] == ("How many beds has Upper hut?",)
