"""Tables as HTML, and what scrolls: by keys as well."""

from pagelight.ui.html.cells import table_html
from pagelight.ui.html.language import speaking


def test_a_table_that_is_too_wide_is_reached_by_keys_and_has_a_name():
    with speaking("de"):
        html = table_html("<tr><td>1</td></tr>")

    assert html.startswith('<div class="table" role="region" tabindex="0" title="Tabelle"><table')
    assert "<tr><td>1</td></tr>" in html
