"""Tables that go on over the page."""

from builders_pdf import Page, parse_pdf, pdf_bytes

HEADER = ("Station", "Snow", "Rain")
NAMES = ("Alp", "Berg", "Coll", "Dorf", "Egg", "Furt", "Gletsch", "Horn", "Inn", "Joch")


def row(page, y, cells, *, bold=False):
    for x, cell in zip((72, 250, 400), cells, strict=True):
        page.text(x, y, cell, bold=bold)
    return page


def first_page(rows=8):
    page = Page().lines(72, 72, "What was measured at the stations of the valley in this year,")
    row(page, 600, HEADER, bold=True)
    for n, name in enumerate(NAMES[:rows]):
        row(page, 615 + 12 * n, (name, f"{n + 1}.5", f"{n + 20}.1"))
    return page


def second_page(*rows, header=None):
    page = Page()
    y = 72
    if header:
        row(page, y, header, bold=True)
        y += 15
    for cells in rows:
        row(page, y, cells)
        y += 12
    return page.lines(72, 300, "Below the table the text goes on with what follows from it.")


def tables(tmp_path, *pages):
    document = parse_pdf(tmp_path, pdf_bytes(*pages))
    return [element for element in document.elements if element.role == "table"]


def test_the_part_on_the_next_page_is_given_the_header(tmp_path):
    rows = (("Kamm", "11.5", "30.1"), ("Loch", "12.5", "31.1"))

    first, second = tables(tmp_path, first_page(), second_page(*rows))

    assert first.text.startswith("Station | Snow | Rain\nAlp | 1.5 | 20.1\n")
    assert second.text == "Station | Snow | Rain\nKamm | 11.5 | 30.1\nLoch | 12.5 | 31.1"
    assert second.page == 2
    words = [second.text[slice(*p.span)] for p in second.provenances]
    assert words == ["Kamm", "11.5", "30.1", "Loch", "12.5", "31.1"]


def test_another_table_keeps_its_own_header(tmp_path):
    rows = (("Kamm", "11.5", "30.1"), ("Loch", "12.5", "31.1"))

    _, second = tables(tmp_path, first_page(), second_page(*rows, header=("Peak", "Wind", "Sun")))

    assert second.text.startswith("Peak | Wind | Sun\nKamm")


def test_a_row_that_the_pages_end_divides_is_given_its_label(tmp_path):
    page = Page().lines(72, 72, "The instruments of the station, and what each of them is for,")
    notes = ("wind, in the north", "rain and hail", "snow on the roof", "sun and", "frost")
    for n, (name, use) in enumerate(zip(NAMES, notes, strict=False)):
        row(page, 630 + 14 * n, (name, use, "kept by the warden"))
    row(page, 616, ("Instrument", "Measures", "Care"), bold=True)
    rest = [("", "of the cloud cover", "and by the guests")]
    rest += [(name, "fog and rain", "kept by nobody") for name in NAMES[5:]]

    *_, second = tables(tmp_path, page, second_page(*rest))

    assert second.text.split("\n")[:2] == [
        "Instrument | Measures | Care",
        "Egg | of the cloud cover | and by the guests",
    ]
