import pytest

from ingest.parsers.pdf_geometry import Frame, around, share_inside, vertical_overlap

BOX = (10.0, 700.0, 110.0, 720.0)  # left, bottom, right, top in the file's points


@pytest.mark.parametrize(
    ("rotation", "expected"),
    [
        (0, (10, 80, 110, 100)),
        (90, (700, 10, 720, 110)),
        (180, (490, 700, 590, 720)),
        (270, (80, 490, 100, 590)),
    ],
)
def test_a_box_is_turned_with_its_page(rotation, expected):
    frame = Frame(left=0, bottom=0, right=600, top=800, rotation=rotation)

    assert frame.display(BOX) == pytest.approx(expected)


def test_a_turned_page_is_as_wide_as_it_was_high():
    frame = Frame(left=0, bottom=0, right=600, top=800, rotation=90)

    assert (frame.width_pt, frame.height_pt) == (800, 600)


def test_what_lies_outside_the_crop_has_no_fractions():
    frame = Frame(left=0, bottom=0, right=600, top=800)

    assert frame.fractions((700, 10, 710, 20)) is None
    assert frame.fractions((590, 10, 710, 20)).x1 == 1


def test_measures_of_boxes():
    assert around([(0, 0, 1, 1), (5, 5, 6, 7)]) == (0, 0, 6, 7)
    assert share_inside((0, 0, 10, 10), (5, 0, 20, 10)) == 0.5
    assert vertical_overlap((0, 0, 1, 10), (0, 5, 1, 25)) == 0.5
