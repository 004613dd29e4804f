"""A model that writes, held in 4 bits: smaller, whole where it must be, refused in a sentence."""

import contextlib
from dataclasses import replace

import builders_vlm
import numpy as np
import pytest
from builders_answer import WINTER, chunk, hit

from rag.datamodel import Context, ImageAsset, Query
from rag.errors import CutOffError
from rag.generation.prompt import build_prompt
from rag.models.generators import writer_of
from rag.models.llm.folder import VlmFolder
from rag.settings import Settings

WIDE = {
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_attention_heads": 8,
    "num_key_value_heads": 4,
}
"""Rows that divide by the blocks of 4-bit weights, as those of published models do."""

FIGURE = ImageAsset(
    id="i", path="i.png", media_type="image/png", width_px=90, height_px=60, phash="0" * 16
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return builders_vlm.save_qwen25_vl(tmp_path_factory.mktemp("vlm") / "tiny", **WIDE)


def test_the_language_takes_a_third_of_its_memory_and_the_eyes_stay_whole(folder):
    whole, small = (
        VlmFolder(folder, in_4bit=in_4bit).load(VlmFolder(folder).read()).model
        for in_4bit in (False, True)
    )
    layers, small_layers = (model.get_decoder().layers for model in (whole, small))
    kinds = {type(layer).__name__ for layer in small.model.visual.modules()}

    assert _bytes(small_layers) < _bytes(layers) / 2
    assert "Linear4bit" not in kinds
    assert type(small.lm_head).__name__ == "Linear"


def _bytes(layers):
    return sum(weight.numel() * weight.element_size() for weight in layers.parameters())


def test_words_and_pictures_are_answered_in_4_bits(folder):
    settings = Settings(generator=f"file:{folder}", generator_4bit=True, answer_tokens=8)
    writer = writer_of(settings, lambda _: np.full((60, 90, 3), 90, dtype=np.uint8))
    figure = replace(chunk("f", "Depths", role="figure"), image=FIGURE)
    hits = (hit(chunk("w", WINTER), 1), hit(figure, 2))
    pieces = []
    with contextlib.suppress(CutOffError):
        for piece in writer.stream(build_prompt(Query(text="How deep?"), Context(hits=hits))):
            pieces.append(piece)  # noqa: PERF402 - what came before the cut

    assert "".join(pieces)
