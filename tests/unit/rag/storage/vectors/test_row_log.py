"""Rows in one file: whatever is put and dropped, each is found as if compared one by one."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.storage.vectors.row_log import RowLog

DIM = 4
KEYS = [f"k{n}" for n in range(12)]
STEPS = st.lists(st.tuples(st.sampled_from(KEYS), st.integers(0, 5) | st.none()), max_size=20)


def row(n):
    of = np.array([1, n, n * n % 7, -n], dtype=np.float32)
    return of / np.linalg.norm(of)


@given(STEPS, STEPS, st.integers(0, 15))
def test_what_is_put_and_dropped_is_there_when_it_is_opened_again(first, then, k):
    known = {}
    with TemporaryDirectory() as folder:
        reader = RowLog(Path(folder), DIM, count=0)
        for steps in (first, then):
            log = RowLog(Path(folder), DIM, count=-1)
            for key, n in steps:
                if n is None:
                    log.drop([key])
                    known.pop(key, None)
                else:
                    log.put({key: row(n)})
                    known[key] = row(n)
            agree(log, known, k)
        again = RowLog(Path(folder), DIM, count=log.record_count)
        assert again.is_whole
        agree(again, known, k)
        if reader.follows(log.record_count):
            agree(reader, known, k)


def agree(log, known, k):
    asked = row(2)
    right = sorted(known, key=lambda key: (-round(float(known[key] @ asked), 5), key))[:k]
    found = log.nearest(asked.reshape(1, DIM), k=k)

    assert sorted(score for _, score in found) == pytest.approx(
        sorted(float(known[key] @ asked) for key in right), abs=1e-5
    )
    assert log.ids() == set(known)
    assert log.cosines(asked.reshape(1, DIM), KEYS) == pytest.approx(
        {key: float(of @ asked) for key, of in known.items()}, abs=1e-5
    )


def test_what_a_write_that_was_cut_off_left_behind_is_overwritten(tmp_path):
    log = RowLog(tmp_path, DIM, count=0)
    log.put({"a": row(1)})
    with (tmp_path / "rows.log").open("ab") as out:
        out.write(b"half a record")

    again = RowLog(tmp_path, DIM, count=log.record_count)
    again.put({"b": row(2)})

    whole = RowLog(tmp_path, DIM, count=2)
    assert (whole.is_whole, whole.ids()) == (True, {"a", "b"})
