"""What the writer was taught holds only with the prompts that it was taught with."""

import hashlib
import json
from importlib.resources import files

from rag.models.setup.adapter import card_of
from rag.models.setup.bundled import WRITER

TAUGHT = (
    "answer answer_source question rewrite conversation table_query summarize summarize_text"
).split()


def test_the_prompts_are_those_that_the_writer_was_taught_with():
    card = json.loads(card_of(WRITER.adapter).read_text())
    now = b"".join((files("prompts") / f"{name}.txt").read_bytes() for name in TAUGHT)
    assert hashlib.sha256(now).hexdigest() == card["prompts_sha256"], (
        "A changed prompt asks for a new adapter: see training/writer."
    )
    assert card["base_sha256"] == WRITER.weights.sha256
