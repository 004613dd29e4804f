"""The table's part of the page, before anything is asked. All else is written by its script."""

from __future__ import annotations

from typing import Final

MODES: Final = (
    '<nav id="modes" aria-label="View"><button type="button" id="mode-chat" aria-current="true">'
    'Chat</button><button type="button" id="mode-table">Table</button>'
    '<button type="button" id="mode-pins">Pinned</button></nav>'
)

TABLE: Final = (
    '<section id="table" aria-label="Table"><form id="table-form">'
    '<label for="table-questions">Ask every document, one question a line</label>'
    '<textarea id="table-questions" rows="3" maxlength="20000" '
    'placeholder="What is the total amount?"></textarea>'
    '<div class="table-line"><label for="table-scope">Which documents</label>'
    '<input id="table-scope" maxlength="1000" placeholder="All; or reports/*.pdf">'
    '<button type="submit" id="table-run">Run</button>'
    '<button type="button" id="table-stop" hidden>Stop</button></div></form>'
    '<div id="table-state" role="status"></div>'
    '<progress id="table-progress" max="100" value="0" aria-label="Progress" hidden></progress>'
    '<div id="table-tools" class="table-line" hidden>'
    '<input id="table-filter" type="search" placeholder="Filter" aria-label="Filter rows">'
    '<label><input id="table-unsure" type="checkbox"> Show unsure answers</label>'
    '<span class="table-files"><a id="table-csv" download>CSV</a>'
    '<a id="table-xlsx" download>XLSX</a></span></div>'
    '<div id="table-frame" tabindex="0" role="region" aria-label="Answers" hidden>'
    "<table><thead></thead><tbody></tbody></table>"
    '<button type="button" id="table-more" hidden>Show more</button></div>'
    '<div id="table-sums" tabindex="0" aria-label="Columns" role="group" hidden></div></section>'
)
