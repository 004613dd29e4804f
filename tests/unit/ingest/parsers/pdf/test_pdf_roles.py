from builders_pdf import Page, parse_pdf, pdf_bytes, piece

from ingest.parsers.pdf.document_stats import DocumentStats
from ingest.parsers.pdf.drawn.drawings import Drawings
from ingest.parsers.pdf.letters.geometry import Frame
from ingest.parsers.pdf.letters.words import Letters
from ingest.parsers.pdf.pages import RawPage, is_noise
from ingest.parsers.pdf.roles import normalised

PROSE = ("Wind and snow are measured on the ridge every day of", "the year, by hand and by gauge.")


def raw(number, *pieces, rules=()):
    return RawPage(
        number=number,
        frame=Frame(left=0, bottom=0, right=600, top=800),
        pieces=pieces,
        drawings=Drawings(horizontal=list(rules)),
        letters=Letters(count=1000, unmapped=0, text=""),
    )


def learnt(pages):
    stats = DocumentStats()
    for page in pages:
        stats.learn(page)
    return stats


def body(n):
    return [piece(f"{n} line {k} of the text of a page", 60, 100 + 14 * k) for k in range(5)]


def running(stats, page):
    return [found.text for found in stats.running(page)]


def test_what_repeats_at_the_head_of_pages_is_running():
    pages = [raw(n, piece("Annual report", 60, 30), *body(n)) for n in range(1, 9)]

    assert running(learnt(pages), pages[4]) == ["Annual report"]


def test_a_head_that_changes_with_the_chapter_is_told_by_its_page_number():
    heads = ["Wind", "Wind", "Snow", "Rain", "Rain", "Sun", "Fog", "Ice"]
    pages = [
        raw(n, piece(head, 60, 30), piece(str(n + 10), 500, 30), *body(n))
        for n, head in enumerate(heads, 1)
    ]

    assert set(running(learnt(pages), pages[2])) == {"Snow", "13"}


def test_a_number_below_short_pages_is_a_page_number_wherever_it_stands():
    pages = [raw(n, *body(n), piece(str(n + 3), 300, 250)) for n in range(1, 9)]

    assert running(learnt(pages), pages[2]) == ["6"]


def test_what_repeats_below_the_first_line_of_its_page_is_no_running_head():
    pages = [
        raw(n, piece(f"Statement {chr(64 + n)}", 60, 30), piece("in millions", 60, 44), *body(n))
        for n in range(1, 9)
    ]

    assert running(learnt(pages), pages[2]) == []


def test_a_rule_on_every_page_is_an_ornament():
    rule = (50.0, 40.0, 550.0, 41.0)
    stats = learnt([raw(n, *body(n), rules=[rule]) for n in range(1, 9)])

    assert stats.is_ornament(rule)
    assert not stats.is_ornament((50.0, 90.0, 550.0, 91.0))


def test_each_caption_follows_its_own_table_though_another_is_nearer(tmp_path):
    page = Page()
    for n, top in enumerate((100, 190)):
        for k in range(3):
            page.text(60, top + 14 * k, f"row {k}").text(300, top + 14 * k, f"{n}{k}.5")
        page.text(60, top + 56, f"Table {n + 1}: numbers of kind {n}.")
    doc = parse_pdf(tmp_path, pdf_bytes(page))

    assert [e.role for e in doc.elements] == ["table", "caption"] * 2
    assert [e.text[:7] for e in doc.elements if e.role == "caption"] == ["Table 1", "Table 2"]


def test_a_caption_of_nothing_is_a_paragraph(tmp_path):
    page = Page().text(60, 100, "Figure 9: Lost long ago.").lines(60, 200, *PROSE)

    assert [e.role for e in parse_pdf(tmp_path, pdf_bytes(page)).elements] == ["paragraph"] * 2


def test_numbered_headings_have_the_depth_of_their_number(tmp_path):
    page = Page().text(60, 40, "A Report of the Ridge", size=20)
    page.text(60, 90, "2 Methods", size=12, bold=True).lines(60, 120, *PROSE)
    page.text(60, 170, "2.1 Gauges", size=11, bold=True).lines(60, 200, *PROSE)
    doc = parse_pdf(tmp_path, pdf_bytes(page))

    assert [(e.text, e.level) for e in doc.elements if e.role == "heading"] == [
        ("2 Methods", 1),
        ("2.1 Gauges", 2),
    ]


def test_list_items_are_elements_of_their_own(tmp_path):
    page = Page().lines(60, 60, *PROSE)
    for n, words in enumerate(("the first thing", "the second thing", "the third thing")):
        page.text(60, 120 + 14 * n, "\x95").text(80, 120 + 14 * n, words)
    doc = parse_pdf(tmp_path, pdf_bytes(page))

    assert [e.text for e in doc.elements if e.role == "list"] == [
        "• the first thing",
        "• the second thing",
        "• the third thing",
    ]


def test_letters_that_no_language_mixes_so_are_noise():
    good = "The quick brown fox jumps over the lazy dog. " * 9

    assert not is_noise(Letters(count=300, unmapped=0, text=good))
    assert is_noise(
        Letters(count=300, unmapped=0, text=good.translate({97: 120, 101: 113, 111: 122}))
    )
    assert is_noise(Letters(count=300, unmapped=100, text=good))
    assert not is_noise(Letters(count=300, unmapped=0, text="12.5 " * 90))
    assert not is_noise(Letters(count=300, unmapped=0, text="적립 제외 대상 " * 40))


def test_headings_are_compared_by_letters_and_digits():
    assert normalised("2.1  The Ridge!") == normalised("2.1 the ridge") == "21theridge"
