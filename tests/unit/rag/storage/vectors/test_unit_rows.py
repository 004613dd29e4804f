"""Rows in one matrix: whatever is put and dropped, each is found as if compared one by one."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.storage.vectors.rooms import FolderRoom
from rag.storage.vectors.unit_rows import UnitRows

DIM = 4
KEYS = [f"k{n}" for n in range(12)]
STEPS = st.lists(st.tuples(st.sampled_from(KEYS), st.integers(0, 5) | st.none()), max_size=40)


def row(n):
    of = np.array([1, n, n * n % 7, -n], dtype=np.float32)
    return of / np.linalg.norm(of)


@pytest.mark.parametrize("all_compared", [50, 3])
@given(STEPS, st.integers(0, 15))
def test_all_that_is_there_is_found_in_order_and_nothing_else(all_compared, steps, k):
    rows, known = UnitRows(DIM, all_compared=all_compared), {}
    do(steps, rows, known)

    agree(rows, known, k)


@given(STEPS, STEPS)
def test_what_lies_in_files_is_there_when_they_are_opened_again(first, then):
    known = {}
    with TemporaryDirectory() as folder:
        for steps in (first, then):
            rows = UnitRows(DIM, room=FolderRoom(Path(folder) / "rows"), all_compared=3)
            do(steps, rows, known)

        agree(UnitRows(DIM, room=FolderRoom(Path(folder) / "rows"), all_compared=3), known, 5)


def do(steps, rows, known):
    for key, n in steps:
        rows.begin([key])
        if n is None:
            rows.drop([key])
            known.pop(key, None)
        else:
            rows.put({key: row(n)})
            known[key] = row(n)
        rows.end()


def agree(rows, known, k):
    asked = row(2)
    right = sorted(known, key=lambda key: (-round(float(known[key] @ asked), 5), key))[:k]
    found = rows.nearest(asked.reshape(1, DIM), k=k)

    assert sorted(score for _, score in found) == pytest.approx(
        sorted(float(known[key] @ asked) for key in right), abs=1e-5
    )
    assert len(rows) == len(known)
    assert rows.ids() == set(known)
    assert rows.cosines(asked.reshape(1, DIM), KEYS) == pytest.approx(
        {key: float(of @ asked) for key, of in known.items()}, abs=1e-5
    )


def test_what_was_being_written_is_named_when_it_is_opened_again(tmp_path):
    rows = UnitRows(DIM, room=FolderRoom(tmp_path / "rows"))
    rows.begin(["a", "b"])
    rows.put({"a": row(1), "b": row(2), "c": row(3)})
    rows.end()
    rows.begin(["a"])

    again = UnitRows(DIM, room=FolderRoom(tmp_path / "rows"))

    assert again.ids() == {"a", "b", "c"}
    assert again.unfinished() == ["a", "c"]  # the last one was to take the place of "a"


def test_of_many_rows_the_nearest_are_those_of_all(tmp_path):
    many = alike(20_000)
    known = {f"{n:05}": one for n, one in enumerate(many)}
    exact = UnitRows(160, all_compared=len(many))
    likely = UnitRows(160, room=FolderRoom(tmp_path / "rows"), all_compared=1000)
    for rows in (exact, likely):
        rows.put(known)

    assert np.mean([shared(exact, likely, asked) for asked in many[:20, np.newaxis]]) > 0.99

    again = UnitRows(160, room=FolderRoom(tmp_path / "rows"), all_compared=1000)
    for rows in (exact, again):  # the last take the places of those that go
        rows.drop(list(known)[40:4000])
        rows.put({f"new {n}": -one for n, one in enumerate(many[40:4000])})

    both = [*many[:10, np.newaxis], *-many[40:50, np.newaxis]]
    assert np.mean([shared(exact, again, asked) for asked in both]) > 0.99


def alike(count):
    rng = np.random.default_rng(0)
    axes = rng.standard_normal((20, 160)).astype(np.float32)
    many = rng.standard_normal((count, 20)).astype(np.float32) @ axes
    many += 3 * rng.standard_normal(many.shape).astype(np.float32)
    return many / np.linalg.norm(many, axis=1, keepdims=True)


def shared(one, other, asked):
    return len(dict(one.nearest(asked, k=50)).keys() & dict(other.nearest(asked, k=50)).keys()) / 50
