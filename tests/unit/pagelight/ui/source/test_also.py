"""Where else a slide stands, as links in the source panel."""

import pytest
from builders_ui import SLIDES, a_document

from pagelight.ui.source.also import also_line


@pytest.mark.parametrize(
    ("media_type", "is_asked"),
    [("application/pdf", True), (SLIDES, True), ("video/mp4", True), ("text/plain", False)],
)
def test_slides_and_films_have_a_line_for_it(media_type, is_asked):
    doc = a_document(media_type=media_type)

    assert also_line(doc) == (
        f'<p class="also" data-also="{doc.id}" aria-live="polite" hidden></p>' if is_asked else ""
    )
