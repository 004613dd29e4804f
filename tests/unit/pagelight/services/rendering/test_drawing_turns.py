"""Who looks at many pages waits for their own."""

import threading

import pytest
from builders_ui import wait

from pagelight.services.rendering.page_pictures import MAX_WAITING, DrawingTurns
from rag.errors import BusyError


def test_one_is_drawn_at_a_time_few_wait_and_who_comes_then_is_told_so():
    turns, go_on = DrawingTurns(), threading.Event()
    at_once, most, refused = [], [], []

    def draw() -> None:
        try:
            with turns.turn():
                at_once.append(1)
                most.append(len(at_once))
                go_on.wait(30)
                at_once.pop()
        except BusyError as error:
            refused.append(error)

    threads = [threading.Thread(target=draw) for _ in range(MAX_WAITING + 4)]
    for thread in threads:
        thread.start()
    wait(lambda: len(refused) == 3)
    go_on.set()
    for thread in threads:
        thread.join()

    assert most == [1] * (1 + MAX_WAITING)
    assert "wait to be drawn" in str(refused[0])


def test_a_drawing_that_fails_gives_its_turn_back():
    turns = DrawingTurns()
    for _ in range(2 * MAX_WAITING):
        with pytest.raises(ValueError, match="torn"), turns.turn():
            raise ValueError("torn")
