"""Tables as HTML, and what scrolls: by keys as well."""

import re
from pathlib import Path

from ui.html.cells import table_html, tag_of
from ui.html.language import speaking

UI = Path(__file__).parents[4] / "ui"


def test_a_table_that_is_too_wide_is_reached_by_keys_and_has_a_name():
    with speaking("de"):
        html = table_html("<tr><td>1</td></tr>")

    assert html.startswith('<div class="table" role="region" tabindex="0" title="Tabelle"><table')
    assert "<tr><td>1</td></tr>" in html


def test_every_table_that_scrolls_is_made_here():
    made = {p.name for p in UI.rglob("*.py") if re.search('class="table"', p.read_text("utf-8"))}

    assert made == {"cells.py"}


def test_a_date_in_a_cell_is_not_broken():
    assert tag_of("2025-02-01") == '<td class="whole">'
    assert tag_of("a word", tag="th") == "<th>"
