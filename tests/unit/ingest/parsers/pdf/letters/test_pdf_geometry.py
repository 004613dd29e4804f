import pytest
from hypothesis import given
from hypothesis import strategies as st
from work import growth

from ingest.parsers.pdf.letters.geometry import (
    Frame,
    around,
    clusters,
    share_inside,
    vertical_overlap,
)

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


sides = st.integers(0, 60)
boxes = st.builds(lambda x, y, w, h: (x, y, x + w, y + h), sides, sides, sides, sides)


def near_each_other(one, other, near):
    apart = (one[0] - other[2], other[0] - one[2], one[1] - other[3], other[1] - one[3])
    return max(apart) <= near


def one_by_one(rects, near):
    """Join each rectangle to all that it reaches, again until it reaches no more."""
    groups = []
    for rect in rects:
        joined, touching = rect, [rect]
        while touching:
            joined = around([joined, *touching])
            touching = [group for group in groups if near_each_other(group, joined, near)]
            groups = [group for group in groups if group not in touching]
        groups.append(joined)
    return groups


@given(rects=st.lists(boxes, max_size=12), near=st.sampled_from([0, 3, 9]))
def test_rectangles_that_are_near_each_other_are_one_group(rects, near):
    assert clusters(rects, near) == one_by_one(rects, near)


def test_shapes_are_grouped_in_time_that_grows_as_their_number_does():
    def grouped(shapes):
        rects = [(12.0 * (n % 40), 12.0 * (n // 40)) for n in range(shapes)]
        return lambda: clusters([(x, y, x + 2, y + 2) for x, y in rects], 9.0)

    assert len(grouped(80)()) == 80
    assert growth(grouped, 400) < 2.2
