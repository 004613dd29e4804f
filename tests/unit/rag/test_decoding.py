"""Classes are decoded by many threads from the first time on."""

import subprocess
import sys

import msgspec
import pytest

from rag.datamodel import BBox
from rag.decoding import converted, decoded

AT_ONCE = """
import sys, threading
from rag.datamodel import Element
from rag.decoding import converted

sys.setswitchinterval(1e-6)
begin, found = threading.Barrier(8), []

def read():
    begin.wait()
    found.extend(converted([{"role": "paragraph", "text": "Snow."}], tuple[Element, ...]))

threads = [threading.Thread(target=read) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert [element.text for element in found] == ["Snow."] * 8, found
"""
RUNS = 4
"""Without a lock one of two runs of this ended in a segmentation fault."""


def test_many_threads_may_decode_a_class_for_the_first_time():
    runs = [
        subprocess.run([sys.executable, "-c", AT_ONCE], check=False, capture_output=True)
        for _ in range(RUNS)
    ]

    assert [run.returncode for run in runs] == [0] * RUNS, runs[-1].stderr


def test_what_is_none_of_the_class_is_refused_with_its_place():
    assert converted([0, 0, 1, 1], BBox) == decoded(b"[0, 0, 1, 1]", BBox)
    with pytest.raises(msgspec.ValidationError, match=r"\$\[2\]"):
        converted([0, 0, "one", 1], BBox)
    with pytest.raises(ValueError, match="truncated"):
        decoded(b"[0, 0", BBox)
