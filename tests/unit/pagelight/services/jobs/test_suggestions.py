import threading
import time
from dataclasses import replace

from builders_ui import a_chunk, a_document, an_answer, wait
from fake_engine import FakeEngine, FakeProfile
from fake_ingest import FakeIngest
from fake_library import FakeLibrary

from pagelight.services.answering.suggest import candidates_of
from pagelight.services.jobs.jobs import Jobs
from pagelight.services.jobs.suggestions import Suggestions, candidate_lists
from rag.datamodel import Element

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
