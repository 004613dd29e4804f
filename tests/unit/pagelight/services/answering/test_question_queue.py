"""Questions of all persons take turns: never more at once, in order; a turn always comes back."""

import threading

import pytest
from builders_ui import a_chunk, an_answer, wait
from fake_engine import FakeEngine
from fake_library import FakeLibrary

from pagelight.services.answering.question_queue import QuestionQueue, QueuedEngine
from rag.datamodel import Query
from rag.errors import BusyError

QUERY = Query(text="How deep?")
ANSWERS = [an_answer("Snow [1]", a_chunk(), complete=False), an_answer("Snow fell. [1]", a_chunk())]


@pytest.fixture
def library(tmp_path):
    return FakeLibrary(folder=tmp_path)


def engine(library, turns, **changes):
    return QueuedEngine(FakeEngine(index=library, **{"answers": ANSWERS} | changes), turns)


def test_whoever_waited_longest_comes_next(library):
    turns, within = QuestionQueue(1), FakeEngine(index=library, answers=ANSWERS)
    asking = QueuedEngine(within, turns)
    held = asking.ask(QUERY, ())
    next(held)
    waiting = [asking.ask(Query(text=str(n)), ()) for n in range(3)]
    for one in waiting:
        next(one)
    threads = [threading.Thread(target=list, args=(one,)) for one in reversed(waiting)]
    for thread in threads:
        thread.start()
    held.close()
    wait(lambda: not any(thread.is_alive() for thread in threads))

    assert [query.text for query, _ in within.asked] == [QUERY.text, "0", "1", "2"]
    assert turns.is_idle


def test_what_is_found_is_there_before_the_turn(library):
    turns = QuestionQueue(1)
    held, second = (engine(library, turns).ask(QUERY, ()) for _ in range(2))
    next(held)
    found = next(second)

    assert (found.text, found.notes) == (ANSWERS[0].text, ("Waiting: you are next …",))
    held.close()
    assert list(second) == ANSWERS[1:]
    assert turns.is_idle


def test_what_is_complete_when_it_is_found_needs_no_turn(library):
    turns = QuestionQueue(1)
    held = engine(library, turns).ask(QUERY, ())
    next(held)

    assert list(engine(library, turns, answers=ANSWERS[1:]).ask(QUERY, ())) == ANSWERS[1:]


def test_who_comes_when_too_many_wait_is_told_to_come_again(library):
    turns = QuestionQueue(1, max_waiting=2)
    asked = [engine(library, turns).ask(QUERY, ()) for _ in range(3)]
    for one in asked:
        next(one)

    with pytest.raises(BusyError, match=r"2 questions wait already\. Ask again in a while\."):
        next(engine(library, turns).ask(QUERY, ()))
    asked[1].close()
    assert next(engine(library, turns).ask(QUERY, ())).notes == ("Waiting: 1 before you …",)


def test_where_a_model_here_writes_one_question_is_answered_after_the_other(library):
    alone = [True]
    turns = QuestionQueue(2, one_at_a_time=lambda: alone[0])
    first, second = (engine(library, turns).ask(QUERY, ()) for _ in range(2))
    next(first)

    assert next(second).notes == ("Waiting: you are next …",)
    alone[0] = False  # another was chosen meanwhile
    assert next(second) == ANSWERS[1]


@pytest.mark.parametrize("ends", ["close", "error", "while it waits"])
def test_a_turn_comes_back_however_a_question_ends(library, ends):
    turns = QuestionQueue(1)
    asked = engine(library, turns, error=ValueError("a bug")).ask(QUERY, ())
    if ends == "close":
        next(asked)
        asked.close()
    elif ends == "error":
        with pytest.raises(ValueError, match="a bug"):
            list(asked)
    else:
        held = engine(library, turns).ask(QUERY, ())
        next(held)
        next(asked)
        asked.close()
        held.close()

    assert turns.is_idle
    assert next(engine(library, turns).ask(QUERY, ())).text


def test_many_threads_never_ask_more_at_once(library):
    turns, lock, now, most = QuestionQueue(3), threading.Lock(), [0], [0]

    class Counting(FakeEngine):
        def ask(self, query, history):
            with lock:
                now[0] += 1
                most[0] = max(most[0], now[0])
            yield from super().ask(query, history)
            with lock:
                now[0] -= 1

    asking = QueuedEngine(Counting(index=library, answers=ANSWERS), turns)
    threads = [threading.Thread(target=lambda: list(asking.ask(QUERY, ()))) for _ in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert (most[0] <= 3, now[0], turns.is_idle) == (True, 0, True)
