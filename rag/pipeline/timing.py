"""How long an answer takes: until its first words, and in all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from time import perf_counter

from rag.datamodel import Answer


def timed(answers: Iterable[Answer]) -> Iterator[Answer]:
    """Yield the states of an answer; a complete one tells the seconds from now."""
    begun_s = perf_counter()
    first_s: float | None = None
    for answer in answers:
        taken_s = perf_counter() - begun_s
        first_s = taken_s if first_s is None and answer.text else first_s
        told = (("first_text", first_s or taken_s), ("total", taken_s))
        yield replace(answer, timings_s=(*answer.timings_s, *told)) if answer.complete else answer
