"""Struck, raised and lowered words are read as they were written, in every format that has them."""

import pytest
from builders_looks import WRITERS
from builders_office import parse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.parsers.base.elements import one_line
from ingest.parsers.base.formatting import PLAIN, Look, marked

WORDS = st.sampled_from(["10", "a flux of 2.5 m", "H", "the fee is 900", ", then", " (old) ", "x"])
BOTH = Look(is_struck=True, place="raised")
LOOKED = st.tuples(
    st.sampled_from(["6", "-3", "st", "2", "49 euros", "+", "n", "[1]"]),
    st.sampled_from([Look(is_struck=True), Look(place="raised"), Look(place="lowered"), BOTH]),
)
RUNS = st.lists(st.tuples(WORDS, LOOKED), min_size=1, max_size=4)


@pytest.mark.parametrize("kind", WRITERS)
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pairs=RUNS)
def test_looks_are_read_as_they_were_written(tmp_path, kind, pairs):
    runs = [run for word, looked in pairs for run in ((word, PLAIN), looked)]
    path = tmp_path / f"a.{kind}"
    WRITERS[kind](path, runs)

    texts = [element.text for element in parse(path).elements if element.role == "paragraph"]

    assert [one_line(text).removeprefix("p: ") for text in texts] == [one_line(marked(runs))]
