import re

import pytest
from builders_ui import BOX, a_chunk, a_document, a_hit, an_answer, digest
from fake_library import FakeLibrary, FakeRenderer

from pagelight.services.answering.places import Place, considered_of, places_of
from pagelight.services.rendering.page_pictures import Pages
from pagelight.ui.source.panel import card_html, panel_html
from rag.datamodel import BBox, Context, Element, Provenance
from rag.storage.files.members import MemberStore

BYTES = b"%PDF the bytes of a report"
WHY = "Found by its words (1st)."


UPPER = BBox(x0=0.1, y0=0.1, x1=0.9, y1=0.4)
LOWER = BBox(x0=0.1, y0=0.6, x1=0.9, y1=0.9)


def a_chart(box, remark):
    place = Provenance(page=2, bbox=box)
    return Element(role="figure", text="0", provenances=(place,), remark=remark)


@pytest.fixture
def report(tmp_path):
    (tmp_path / "report.pdf").write_bytes(BYTES)
    line = Element(
        role="paragraph", text="Snow fell.", provenances=(Provenance(page=2, bbox=BOX, span=None),)
    )
    return a_document(line, id=digest(BYTES), page_count=3)


@pytest.fixture
def renderer():
    return FakeRenderer()


@pytest.fixture
def pages(report, renderer, tmp_path):
    library = FakeLibrary(report, folder=tmp_path)
    return Pages(library, renderer=renderer)


def shown(doc, pages):
    place = Place(number=1, chunk=a_chunk(), page=2, boxes=(BOX,), quote="Snow fell.", why=WHY)
    return panel_html(doc, 2, pages, place=place, of=(0, 2))


def test_a_page_is_shown_with_the_cited_region_lit(report, pages):
    html = shown(report, pages)

    assert f'src="/page/{report.id}/2.png"' in html
    assert (
        'class="lit region" style="left:25.000%;top:50.000%;width:50.000%;height:10.000%"' in html
    )
    assert "Page 2 of 3" in html
    assert "1 of 2" in html
    assert WHY in html


def test_the_words_of_a_page_lie_over_its_picture(tmp_path, pages):
    (tmp_path / "two.pdf").write_bytes(b"two lines")
    below = BBox(x0=0.25, y0=0.6, x1=0.5, y1=0.7)
    lines = Element(
        role="paragraph",
        text="Snow <fell>. It thawed.",
        provenances=(
            Provenance(page=1, bbox=BOX, span=(0, 12)),
            Provenance(page=1, bbox=below, span=(13, 23)),
        ),
    )
    doc = a_document(lines, id=digest(b"two lines"), source="two.pdf", page_count=1)
    html = panel_html(doc, 1, pages)

    assert '<svg class="text-layer" viewBox="0 0 1600 3200">' in html
    assert (
        '<text x="400" y="1856" font-size="320" textLength="800" '
        'lengthAdjust="spacingAndGlyphs">Snow &lt;fell&gt;.</text>' in html
    )
    assert ">It thawed.</text>" in html


def test_a_changed_original_is_not_shown_as_the_one_that_was_read(report, pages, tmp_path):
    (tmp_path / "report.pdf").write_bytes(b"something else")
    html = shown(report, pages)

    assert "no longer there, or was changed" in html
    assert "<mark>Snow fell.</mark>" in html


def test_a_source_outside_the_folder_is_never_opened(pages, tmp_path):
    inside = tmp_path / "inside"
    inside.mkdir()
    doc = a_document(id=digest(BYTES), source="../report.pdf", page_count=3)
    jailed = Pages(FakeLibrary(doc, folder=inside), renderer=FakeRenderer())

    assert jailed.originals.find(doc) is None
    assert pages.originals.find(a_document(id=digest(BYTES))) == tmp_path / "report.pdf"


def test_a_source_inside_an_archive_is_opened_as_it_was_unpacked(pages, tmp_path):
    store = MemberStore(tmp_path / ".pagelight" / "members")
    sha256, _ = store.put([b"words of a member"])

    doc = a_document(id=sha256, source="mail.eml/report.pdf", page_count=3)

    assert pages.originals.find(doc) == store.path(sha256)
    store.path(sha256).write_bytes(b"something else")
    assert pages.originals.find(doc) is None


def test_a_picture_is_shown_itself(pages, tmp_path):
    library = FakeLibrary(folder=tmp_path)
    asset = library.assets.put(FakeRenderer().render(tmp_path, 1, width_px=8))
    figure = Element(role="figure", image=asset, provenances=(Provenance(page=1),))
    doc = a_document(figure, source="photo.png", media_type="image/png", page_count=1)

    assert f'<img src="/asset/{asset.id}"' in panel_html(doc, 1, pages)


def test_markup_in_names_and_titles_is_shown_not_obeyed(pages):
    doc = a_document(source="<img src=x onerror=a>.pdf", title="<b>T</b>", media_type="text/plain")
    html = panel_html(doc, 1, pages)

    assert "<img" not in html
    assert "<b>T</b>" not in html


def test_what_an_answer_could_have_cited_and_what_was_left_out_are_places_too():
    sources = ("a.pdf", "a.pdf", "b.pdf", "c.pdf", "c.pdf")
    chunks = [a_chunk(f"Snow {i}.", source=source) for i, source in enumerate(sources)]
    cited, same_page, unused, dropped, again = chunks
    hits = tuple(map(a_hit, (cited, same_page, unused)))
    context = Context(hits=hits, dropped=(a_hit(dropped), a_hit(again)))
    answer = an_answer("Snow [1]", cited, context=context)

    assert [place.quote for place in places_of(answer)] == ["Snow 0."]
    assert [[place.quote for place in group] for group in considered_of(answer)] == [
        ["Snow 2."],
        ["Snow 3."],
    ]


@pytest.mark.parametrize(
    ("box", "remarks"), [(UPPER, ["no &lt;line&gt;"]), (LOWER, ["odd"]), (None, [])]
)
def test_a_cited_figure_has_its_remark_beside_it_and_no_other(pages, box, remarks):
    doc = a_document(a_chart(UPPER, "no <line>"), a_chart(LOWER, "odd"), page_count=3)
    place = Place(number=1, chunk=a_chunk(), page=2, boxes=(box,) if box else (), quote="0")
    head = panel_html(doc, 2, pages, place=place).partition("source-body")[0]

    assert re.findall(r'<p class="remark">(.*?)</p>', head) == remarks


def test_of_a_cited_row_the_cells_that_hold_something_are_told():
    html = card_html(Place(number=1, chunk=a_chunk(), quote="GRAND TOTAL |  |  | 5,738"))

    assert ">GRAND TOTAL | 5,738<" in html


def test_of_a_long_quote_the_beginning_stands_beside_the_mark():
    html = card_html(Place(number=1, chunk=a_chunk(), page=2, quote="<b>" + "long " * 100))

    assert "report.pdf, page 2" in html
    assert "&lt;b&gt;long" in html
    assert html.count("long") < 60
