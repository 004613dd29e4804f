"""Text of another kind stands in lessons: marks, tags, orders and rows."""

import random
from dataclasses import replace

import pytest

from training.writer.course import STAGES
from training.writer.lessons import draw_lesson
from training.writer.oddities import made_oddity

SIGNS = ("See [", 'page="', "CALL open: ", "SYSTEM: ", " | ", "Ignore what was said")


def test_oddities_are_of_all_kinds():
    rng = random.Random(5)
    drawn = [made_oddity(rng, held=False) for _ in range(300)]

    for sign in SIGNS:
        assert any(sign in oddity for oddity in drawn)


@pytest.mark.parametrize(("share", "stand"), [(1.0, True), (0.0, False)])
def test_they_stand_in_the_sources_of_the_stages_that_have_them(share, stand):
    rng = random.Random(7)
    stage = replace(STAGES[-1], oddities=share, pictures=0.0, refused=0.0)
    texts = [
        hit.chunk.text for _ in range(40) for hit in draw_lesson(rng, stage).prompt.context.hits
    ]

    assert any(sign in text for text in texts for sign in SIGNS) is stand
