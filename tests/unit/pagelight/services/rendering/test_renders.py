"""Drawings take no more of the disk, and no more turns, than they may."""

import os
import threading

import numpy as np
import pytest
from builders_ui import wait
from builders_users import Clock

from pagelight.services.rendering.page_pictures import IN_USE_S, MAX_WAITING, DrawingTurns, Renders
from rag.errors import BusyError

SIZE = (30, 20)


@pytest.fixture
def clock():
    return Clock()


def noise(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 255, (*SIZE, 3), dtype=np.uint8)


def put(renders: Renders, clock: Clock, page: int) -> None:
    """Keep a page's drawing of some two kilobytes, well after all before it."""
    clock.now_s += 2 * IN_USE_S
    renders.put(noise(page), "doc", page, width_px=200)
    renders.find("doc", page, width_px=200)


def kept(renders: Renders) -> list[int]:
    return [page for page in range(1, 9) if renders.find("doc", page, width_px=200)]


def test_what_was_not_looked_at_for_longest_goes_first(tmp_path, clock):
    renders = Renders(tmp_path, max_bytes=6000, clock=clock)
    for page in (1, 2, 3):
        put(renders, clock, page)
    clock.now_s += 2 * IN_USE_S
    renders.find("doc", 1, width_px=200)
    put(renders, clock, 4)

    assert kept(renders) == [1, 3, 4]
    assert sum(path.stat().st_size for path in tmp_path.rglob("*.png")) <= 6000


def test_a_drawing_that_may_be_on_its_way_stays(tmp_path, clock):
    renders = Renders(tmp_path, max_bytes=10, clock=clock)
    put(renders, clock, 1)
    renders.put(noise(2), "doc", 2, width_px=200)

    assert kept(renders) == [1, 2]


def test_half_a_file_is_no_drawing(tmp_path, clock):
    renders = Renders(tmp_path, clock=clock)
    put(renders, clock, 1)
    os.truncate(tmp_path / "doc" / "1-200.png", 10)

    assert renders.find("doc", 1, width_px=200) is None


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
