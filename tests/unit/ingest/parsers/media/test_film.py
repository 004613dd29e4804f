"""Slides of a film are found once each, with their seconds."""

import numpy as np
import pytest
from builders_office import parse
from builders_recordings import record, slide

from rag.settings import Settings

OLD, NEW = slide("The old mill", "stands"), slide("Budget", "12 crowns", "a day")


def shown(document):
    return [
        [(round(p.start_s, 1), round(p.end_s, 1)) for p in e.provenances]
        for e in document.elements
        if e.role == "figure"
    ]


def wandering(frames, size=(320, 240), seed=1):
    """A camera that moves over a coloured wall: each frame stands a fifth of a second."""
    rng = np.random.default_rng(seed)
    wall = np.kron(
        rng.integers(0, 255, (20, 80, 3), dtype=np.uint8), np.ones((24, 24, 1), np.uint8)
    )
    return [
        (np.ascontiguousarray(wall[9 * n : 9 * n + size[1], 23 * n : 23 * n + size[0]]), 0.2)
        for n in range(frames)
    ]


def test_slides_are_found_with_their_seconds_also_far_from_a_key_frame(tmp_path):
    path = record(tmp_path / "a.mp4", shown=[(OLD, 4.2), (NEW, 5.8)], options={"g": "600"})

    document = parse(path)

    assert shown(document) == [
        [(0.0, pytest.approx(4.2, abs=0.5))],
        [(pytest.approx(4.2, abs=0.5), 10.0)],
    ]
    assert all(e.pending and e.image is not None for e in document.elements if e.role == "figure")


def test_a_moving_camera_between_slides_is_no_slide(tmp_path):
    path = record(tmp_path / "a.mkv", shown=[(OLD, 3), *wandering(20), (NEW, 3)])

    assert shown(parse(path)) == [
        [(0.0, pytest.approx(3.0, abs=0.5))],
        [(pytest.approx(7.0, abs=0.5), 10.0)],
    ]


def test_pictures_above_the_limit_of_pixels_are_not_looked_at(tmp_path):
    path = record(tmp_path / "a.mkv", shown=[(slide("Mill", size=(1280, 960)), 2)], fps=2)

    document = parse(path, settings=Settings(image_megapixels=1))

    assert shown(document) == []
    assert "raise RAG_IMAGE_MEGAPIXELS" in " ".join(document.warnings)
