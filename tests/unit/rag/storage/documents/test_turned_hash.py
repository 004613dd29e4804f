"""The hash of a turned or mirrored picture is known from its own, without its pixels."""

import numpy as np
import pytest
from builders_pictures import lettered
from PIL import Image, ImageDraw

from rag.retrieval.retriever import SAME_PICTURE_SCORE
from rag.storage.documents.turned_hash import turned_hashes
from rag.storage.images.assets import perceptual_hash

BITS = 64
MOST_BITS = round((1 - SAME_PICTURE_SCORE) * BITS)
POSTURES = {
    "as it is": lambda p: p,
    "a quarter to the left": np.rot90,
    "a half": lambda p: np.rot90(p, 2),
    "a quarter to the right": lambda p: np.rot90(p, 3),
    "mirrored": np.fliplr,
    "on its head": np.flipud,
}


def pictures():
    words = lettered([("Snow on the Säntis", 40, 60), ("6.4 m", 500, 300)])
    return [words, drawn("rectangle"), drawn("line"), drawn("ellipse")]


def drawn(form):
    picture = Image.new("RGB", (300, 200), "white")
    pen = ImageDraw.Draw(picture)
    for step in range(1, 6):
        box = (20 * step, 180 - step**2 * 6, 20 * step + 15 * step, 180)
        getattr(pen, form)(box, fill="blue", width=4)
    return np.asarray(picture)


def distance(phash, pixels):
    turned = int(perceptual_hash(np.ascontiguousarray(pixels)), 16)
    return min((one ^ turned).bit_count() for one in turned_hashes(phash).tolist())


@pytest.mark.parametrize("posture", POSTURES)
def test_a_picture_in_another_posture_is_the_same_picture(posture):
    for pixels in pictures():
        assert distance(perceptual_hash(pixels), POSTURES[posture](pixels)) <= MOST_BITS
