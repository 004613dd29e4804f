"""What a model in a folder has read of a prompt it does not read again, and writes the same."""

import contextlib
from dataclasses import replace

import builders_vlm
import numpy as np
import pytest
from builders_answer import DEPTHS, MARMOTS, WINTER, chunk, hit
from builders_small_writer import MODEL

from rag.datamodel import Context, ImageAsset, Query
from rag.errors import CutOffError
from rag.generation.prompt import build_prompt
from rag.models.llm.vlm import TokenBudget, VlmGenerator

FIGURE = ImageAsset(
    id="i", path="i.png", media_type="image/png", width_px=600, height_px=400, phash="0" * 16
)
HITS = (
    hit(chunk("w", WINTER), 1),
    hit(replace(chunk("f", "Depths at the pass", role="figure"), image=FIGURE), 2),
    hit(chunk("t", DEPTHS, role="table"), 3),
)
FIRST, SECOND = "How deep was the snow in 1999?", "Of which year is the greatest depth told?"
TAIL = 60
"""Tokens: a question and what stands behind it have fewer, a whole prompt has more."""


@pytest.fixture(
    scope="module",
    params=["save_qwen25_vl", "save_qwen3_vl", "small-writer"],
)
def folder(request, tmp_path_factory):
    save = getattr(builders_vlm, request.param, None)
    return save(tmp_path_factory.mktemp("vlm") / "tiny") if save else MODEL


class Writing:
    """A model of a folder; `shade` is what its pictures show."""

    def __init__(self, folder):
        self.shade = 90
        self._read = []
        budget = TokenBudget(answer_tokens=12, picture_tokens=300)
        self.generator = VlmGenerator(folder, self._pixels, budget)
        self._count()

    def _pixels(self, _):
        return np.full((400, 600, 3), self.shade, dtype=np.uint8)

    def _count(self):
        """Look into each pass from now on: of a model that is loaded again into none."""
        self.generator._model().model.register_forward_pre_hook(  # noqa: SLF001 - what it reads is asked about
            lambda _model, _args, inputs: self._read.append(inputs["input_ids"].shape[1]),
            with_kwargs=True,
        )

    def __call__(self, question, hits=HITS):
        """Return what is written, and how many tokens of the prompt were read for it."""
        self._read = []
        prompt = build_prompt(Query(text=question), Context(hits=hits))
        text = ""
        with contextlib.suppress(CutOffError):
            for piece in self.generator.stream(prompt):
                text += piece
        return text, next(iter(self._read), None)


def test_the_same_sources_are_read_once_and_the_answer_is_the_same(folder):
    writing = Writing(folder)
    first, all_read = writing(FIRST)
    second, read = writing(SECOND)

    assert read < TAIL < all_read
    assert second == Writing(folder)(SECOND)[0]
    assert writing(FIRST)[0] == first


def test_another_picture_is_looked_at(folder):
    writing = Writing(folder)
    _, whole = writing(FIRST)
    writing.shade = 10
    told, read = writing(FIRST)
    fresh = Writing(folder)
    fresh.shade = 10

    assert read == whole
    assert told == fresh(FIRST)[0]


def test_other_sources_are_read_from_where_they_differ(folder):
    writing, others = Writing(folder), (HITS[0], hit(chunk("m", MARMOTS), 2))
    writing(FIRST, HITS[::2])
    told, read = writing(FIRST, others)
    fresh, whole = Writing(folder)(FIRST, others)

    assert 1 < read < whole
    assert told == fresh


def test_states_that_can_not_be_cut_are_made_anew(tmp_path):
    writing = Writing(builders_vlm.save_gemma3(tmp_path / "tiny"))  # looks back through a window
    _, whole = writing(FIRST)
    _, read = writing(FIRST)

    assert read == whole
