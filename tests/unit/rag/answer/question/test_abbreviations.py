"""What short forms stand for: how it is asked, and where documents define them."""

import pytest
from builders_answer import chunk, hit

from rag.answer.question.abbreviations import definition, short_form


@pytest.mark.parametrize(
    ("question", "short"),
    [
        ("What does LIR stand for?", "LIR"),
        ("what does the acronym SSA stand for", "SSA"),
        ("What does the abbreviation “TLB” mean?", "TLB"),
        ("What is QoS short for?", "QoS"),
        ("What is the full form of PKI?", "PKI"),
        ("What does it stand for?", ""),
        ("What does the candidate stand for?", ""),
        ("What does LIR cost?", ""),
        ("What is the meaning of life?", ""),
    ],
)
def test_the_short_form_is_read_from_the_question(question, short):
    assert short_form(question) == short


@pytest.mark.parametrize(
    ("short", "text", "long"),
    [
        ("LIR", "in trace-flavored SSA LIR (low-level intermediate representation).",
         "low-level intermediate representation"),
        ("PKI", "The public key infrastructure (PKI) is old.", "public key infrastructure"),
        ("HMM", "We use a hidden Markov model (HMM).", "hidden Markov model"),
        ("EEPROM", "electrically erasable programmable read-only memory (EEPROM)",
         "electrically erasable programmable read-only memory"),
        ("WHO", "WHO: World Health Organization", "World Health Organization"),
        ("ETA", "Term | Meaning\nETA | estimated time of arrival", "estimated time of arrival"),
        ("HBC", "Historically Black Colleges today", None),
        ("TSSA", "In trace-flavored SSA (or TSSA), phi nodes", None),
        ("LIR", "emit LIR with identical semantics (see Section 3)", None),
        ("PKI", "The office in Bern (PKI) is old.", None),
        ("PKI", "A place kept warm (PKA).", None),
    ],
)  # fmt: skip
def test_the_long_form_is_found_where_it_is_defined(short, text, long):
    found = definition(short, [hit(chunk("a", text))])

    assert (found and found.text) == long
