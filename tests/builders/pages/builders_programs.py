"""What programs of other people ask over HTTP: an engine that can be held, and its password."""

import threading
import time

from builders_ui import a_chunk, a_hit, an_answer
from fake_engine import FakeEngine

from rag.datamodel import Answer, Query
from rag.datamodel.writing import Written

PASSWORD = "schn:ée"  # noqa: S105 - of tests only


def grown():
    chunk = a_chunk()
    hits = (a_hit(chunk),)
    return [
        an_answer("", complete=False, hits=hits),
        Answer(query=Query(text="?"), text="Snow fell", hits=hits),
        an_answer(
            "Snow fell. [1]",
            chunk,
            hits=hits,
            written=Written(read_tokens=90, tokens=10, first_s=0.5, seconds=1.5),
        ),
    ]


class HeldEngine(FakeEngine):
    """Waits before the answer's end while `held`."""

    held = threading.Event()
    left = 0

    def ask(self, query, history):
        self.asked.append((query, tuple(history)))
        *before, whole = self.answers
        try:
            yield from before
            while HeldEngine.held.is_set():
                time.sleep(0.01)
                yield before[-1]
            if self.error is not None:
                raise self.error
            yield whole
        finally:
            HeldEngine.left += 1
