import pytest
from work import growth

from ingest.parsers.pdf.letters.geometry import (
    Frame,
    clusters,
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


def test_shapes_are_grouped_in_time_that_grows_as_their_number_does():
    def grouped(shapes):
        rects = [(12.0 * (n % 40), 12.0 * (n // 40)) for n in range(shapes)]
        return lambda: clusters([(x, y, x + 2, y + 2) for x, y in rects], 9.0)

    assert len(grouped(80)()) == 80
    assert growth(grouped, 400) < 2.2
