from dataclasses import replace

from builders_answer import chunk, hit

from rag.datamodel import Answer, Citation, Context, Document, Element, ImageAsset, Query
from rag.generation.figures import Figures
from rag.text import content_stems
from rag.understanding.question.question import understand


def image(name):
    return ImageAsset(
        id=name, path=name, media_type="image/png", width_px=9, height_px=9, phash="0" * 16
    )


def drawing(name, text, **changes):
    return replace(chunk(name, text, role="figure"), image=image(name), **changes)


CHART = drawing("chart", "Figure 1: Snow depth by year\n212\n317")
LOGO = drawing("logo", "Snow depth institute")
TABLE = chunk("table", "Year | Snow depth\n1999 | 317", role="table")
WORDS = chunk("words", "The snow was deep.")
KINDS = {"chart": "chart", "logo": "ornament"}
DOCUMENT = Document(
    id="report.pdf",
    sources=("report.pdf",),
    media_type="application/pdf",
    elements=(
        Element(role="figure", text="212 317", image=image("chart")),
        Element(role="caption", text="Figure 1: Snow depth by year"),
    ),
)


class Nothing:
    def retrieve(self, query, *, k):
        del query, k
        return []


def weights(asked):
    stems = dict.fromkeys(content_stems(asked.text))
    return {stem: 1 / len(stems) for stem in stems}


FIGURES = Figures(
    Nothing(),
    weights,
    fetch=lambda _: [],
    document={"report.pdf": DOCUMENT}.get,
    looks=lambda found: found.kind or KINDS.get(found.id, ""),
)


def fitting(question, *chunks):
    asked = understand(question)
    return [h.chunk.id for h in FIGURES.fitting(asked, asked.picture, list(map(hit, chunks)))]


def cited(*chunks, question="How deep?", text=""):
    citations = tuple(
        Citation(number=n, chunk=c, span=(n, n + 1)) for n, c in enumerate(chunks, start=1)
    )
    return Answer(query=Query(text=question), text=text, citations=citations, complete=True)


def shown(answer):
    return FIGURES.by_citations(answer, understand(answer.query))


def test_the_picture_that_holds_what_is_wished_for_is_found():
    assert fitting("Show me the chart of snow depth", CHART, LOGO, WORDS) == ["chart"]
    assert fitting("Show me the chart of penguins", CHART) == []


def test_an_ornament_is_shown_to_nobody_who_did_not_ask_for_a_logo():
    assert fitting("Show me a picture of the snow depth institute", LOGO) == []
    assert fitting("Show me the logo of the snow depth institute", LOGO) == ["logo"]


PIE = drawing("pie", "Figure 3: Snow and rain\n59\n41", kind="pie chart")


def test_of_a_form_that_is_asked_for_the_picture_that_has_it_is_found():
    bars = drawing("bars", "Figure 2: Snow and rain", kind="bar chart")

    assert fitting("Show me the pie chart of snow and rain", bars, PIE) == ["pie"]
    assert fitting("Show me the bar chart of snow and rain", PIE, bars) == ["bars"]


def test_a_numbered_figure_is_that_one_alone():
    other = drawing("other", "Figure 2: Snow depth by month")

    assert fitting("Show me figure 1 about snow", other, CHART) == ["chart"]


def test_a_wished_picture_is_its_own_answer():
    asked = understand("Show me the chart of snow depth")
    text, context = FIGURES.wished(asked, [hit(CHART, rank=4)])

    assert text == "**Figure 1: Snow depth by year** — report.pdf [1]"
    assert context.source(1).chunk == CHART
    assert FIGURES.wished(understand("How deep was it?"), [hit(CHART)]) is None


def test_a_cited_picture_or_table_is_shown_with_its_caption():
    chart, table = shown(cited(CHART, TABLE, WORDS))

    assert (chart.citation, chart.caption) == (0, "Figure 1: Snow depth by year")
    assert chart.image == CHART.image
    assert (table.citation, table.image, table.media_type) == (1, None, "application/pdf")


def test_a_question_about_a_picture_shows_the_one_by_the_cited_words():
    answer = cited(WORDS, question="What does the chart say?")
    answer = replace(answer, context=Context(hits=(hit(WORDS), hit(CHART))))

    assert [f.image for f in shown(answer)] == [CHART.image]
    assert FIGURES.by_citations(answer, understand("How deep?")) == ()
