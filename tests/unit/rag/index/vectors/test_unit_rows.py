"""Rows in one matrix: whatever is put and dropped, each is found as if compared one by one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.index.vectors.unit_rows import LEAST_ROOM, UnitRows

DIM = 4
KEYS = [f"k{n}" for n in range(12)]
STEPS = st.lists(st.tuples(st.sampled_from(KEYS), st.integers(0, 5) | st.none()), max_size=40)


def row(n):
    of = np.array([1, n, n * n % 7, -n], dtype=np.float32)
    return of / np.linalg.norm(of)


@given(STEPS, st.integers(0, 15))
def test_all_that_is_there_is_found_in_order_and_nothing_else(steps, k):
    rows, known = UnitRows(DIM), {}
    for key, n in steps:
        if n is None:
            rows.drop([key])
            known.pop(key, None)
        else:
            rows.put({key: row(n)})
            known[key] = row(n)
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


def test_there_is_room_for_many_and_ties_come_by_id():
    rows = UnitRows(DIM)
    rows.put({f"{n:04}": row(n % 3) for n in range(3 * LEAST_ROOM)})

    found = rows.nearest(row(1).reshape(1, DIM), k=5)

    assert [key for key, _ in found] == ["0001", "0004", "0007", "0010", "0013"]


def test_rows_that_are_given_out_stay_as_they_were():
    rows = UnitRows(DIM)
    rows.put({"a": row(1), "b": row(2)})
    given_out = rows.of(["a", "unknown"])
    rows.drop(["a"])

    assert list(given_out) == ["a"]
    assert given_out["a"] == pytest.approx(row(1))
