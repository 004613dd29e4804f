"""The fit of the kinds of pictures, on signs that are made up."""

import numpy as np
import pytest

from ingest.ocr.picture_sight import SightWeights
from training.sight.kinds import Labelled, crossed, fit, save


@pytest.fixture
def seen() -> Labelled:
    """Return 60 pictures of three kinds by twelve publishers; each kind has a sign of its own."""
    rng = np.random.default_rng(3)
    kinds = np.array(["chart", "map", "photo"] * 20)
    own = kinds[:, None] == np.array(["chart", "map", "photo"])
    signs = np.concatenate([own * 3.0, np.zeros((60, 5))], axis=1) + rng.normal(size=(60, 8)) / 4
    publishers = np.array([f"publisher {n // 5}" for n in range(60)])
    return Labelled(signs.astype(np.float32), kinds, publishers, np.zeros(60, dtype=bool))


def test_drawn_pictures_are_learned_from_and_not_scored(seen):
    """Real photos are right where only drawn ones show what a photo is."""
    is_photo = seen.kinds == "photo"
    drawn = Labelled(
        seen.signs[is_photo], seen.kinds[is_photo], np.full(20, "drawn-ggplot"), seen.held[is_photo]
    )
    real = seen.part(~is_photo | (seen.publishers == "publisher 0"))
    parts = [
        np.concatenate([getattr(real, name), getattr(drawn, name)])
        for name in ("signs", "kinds", "publishers", "held")
    ]

    figures = crossed(Labelled(*parts), finder="f")

    assert (figures["pictures"], figures["all"]) == (len(real.kinds), 1.0)


def test_weights_that_are_saved_are_those_that_are_loaded(seen, tmp_path):
    weights = fit(seen, finder="f")
    save(weights, tmp_path / "weights.npz")

    again = SightWeights.load(tmp_path / "weights.npz")
    assert again.chances(seen.signs[0]) == weights.chances(seen.signs[0])
    assert (again.kinds, again.finder) == (("chart", "map", "photo"), "f")
