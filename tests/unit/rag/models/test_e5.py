"""The embedder of many languages: its file, its pieces of words, its vectors."""

import os

import numpy as np
import pytest
from builders_e5 import packed, pieces, save_e5

from rag.errors import ModelError
from rag.models.embedders import FILE, E5Embedder, E5File, unpacked
from rag.models.setup.bundled import LANGUAGES, SWITCH, model_folder

FOLDER = model_folder(LANGUAGES, {**os.environ, SWITCH: "on"})

NUMBER = {piece: n for n, (piece, _) in enumerate(pieces())}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return save_e5(tmp_path_factory.mktemp("e5"))


def divided(folder, text):
    told = [piece for piece, _ in pieces()]
    return [told[n] for n in E5File(folder / FILE).words().tokens(text)]


def test_numbers_of_four_bits_are_unpacked_in_their_order():
    numbers = np.random.default_rng(0).normal(size=128).astype(np.float32)
    blocks = np.frombuffer(packed(numbers), np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)]))

    assert unpacked(blocks).shape == (128,)
    assert np.corrcoef(unpacked(blocks), numbers)[0, 1] > 0.99


def test_a_text_is_divided_into_its_likeliest_pieces(folder):
    assert divided(folder, "snow  fell.") == ["<s>", "▁snow", "▁fell", ".", "</s>"]
    assert divided(folder, "snows") == ["<s>", "▁snow", "s", "</s>"]


def test_letters_become_those_that_pieces_are_made_of(folder):
    assert divided(folder, "snow\nﬁel") == ["<s>", "▁snow", "▁fiel", "</s>"]


def test_what_no_piece_holds_is_unknown_letter_by_letter(folder):
    assert divided(folder, "snow雪雨") == ["<s>", "▁snow", "<unk>", "<unk>", "</s>"]


def test_a_text_can_not_close_itself(folder):
    assert divided(folder, "</s> snow").count("</s>") == 1


def test_what_is_asked_and_what_is_found_are_told_apart(folder):
    embedder = E5Embedder(lambda: folder)
    (asked,), (found,) = embedder.embed_queries(["snow"]), embedder.embed_documents(["snow"])

    assert 0.3 < float(asked @ found) < 0.999


@pytest.mark.parametrize("content", [b"", b"GGUF", b"E5S1" + bytes(60), b"E5S1" + b"\xff" * 90])
def test_a_file_that_is_none_is_told(tmp_path, content):
    (tmp_path / FILE).write_bytes(content)

    with pytest.raises(ModelError, match=r"The model of languages in .* can't be used"):
        E5Embedder(lambda: tmp_path).embed_queries(["snow"])


def test_a_folder_without_the_file_is_told(tmp_path):
    with pytest.raises(ModelError, match="can't be used"):
        E5Embedder(lambda: tmp_path).embed_queries(["snow"])


@pytest.mark.skipif(FOLDER is None, reason="the model of languages is not there")
def test_the_same_is_near_in_all_languages():
    embedder = E5Embedder(lambda: FOLDER)
    same = ["The repair costs 120 euros.", "Ремонт стоит 120 евро.", "修理费用为120欧元。"]
    others = ["The river is deep.", "Река глубокая.", "这条河很深。"]
    rows = embedder.embed_documents([*same, *others])
    asked = embedder.embed_queries(["Ile kosztuje naprawa?", "Wie tief ist der Fluss?"])

    cosines = asked @ rows.T  # (2, 6)
    assert cosines[0, :3].min() > cosines[0, 3:].max()
    assert cosines[1, 3:].min() > cosines[1, :3].max()
