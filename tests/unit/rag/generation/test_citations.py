from builders_answer import resolve_marks

from rag.datamodel import BBox, Chunk, Context, Hit, Provenance
from rag.generation.citations import supporting_span

UPPER = BBox(x0=0.1, y0=0.1, x1=0.9, y1=0.2)
LOWER = BBox(x0=0.1, y0=0.2, x1=0.9, y1=0.3)
SNOW = "Snow lay deep in May. The pass was closed until June."


def hit(text, number, provenances=()):
    chunk = Chunk(
        id=f"c{number}", doc_id="d", source="s", ordinal=number, text=text, provenances=provenances
    )
    return Hit(chunk=chunk, score=1, rank=number, channel="reranked")


def snow():
    lines = (
        Provenance(page=4, bbox=UPPER, span=(0, 21)),
        Provenance(page=4, bbox=LOWER, span=(22, len(SNOW))),
    )
    return Context(hits=(hit(SNOW, 1, lines), hit("Rain fell.", 2)))


def test_a_quotation_lights_the_lines_that_hold_it():
    (citation,), unresolved = resolve_marks("“The pass was closed until June.” [1]", snow())

    assert citation.quote == "The pass was closed until June."
    assert (citation.page, citation.bbox) == (4, LOWER)
    assert unresolved == ()


def test_a_claim_in_other_words_lights_the_sentence_that_shares_max_of_them():
    (citation,), _ = resolve_marks("In May the snow was deep [1].", snow())

    assert citation.quote == "Snow lay deep in May."
    assert citation.bbox == UPPER


def test_a_name_of_a_file_lights_the_whole_place():
    (citation,), _ = resolve_marks("No answer to this was found. Closest:\n\ns [1]", snow())

    assert citation.quote == SNOW
    assert len(citation.provenances) == 2


def test_a_number_the_model_invented_is_reported_not_linked():
    citations, unresolved = resolve_marks("Rain fell [2]. Hail fell [7]. And [0].", snow())

    assert [c.number for c in citations] == [2]
    assert unresolved == (7, 0)


def test_a_mark_of_several_numbers_cites_each():
    text = "It snowed and rained [1, 2]."
    citations, _ = resolve_marks(text, snow())

    assert [c.number for c in citations] == [1, 2]
    assert {text[slice(*c.span)] for c in citations} == {"[1, 2]"}


def test_a_german_claim_lights_the_sentence_with_other_forms_of_its_words():
    text = "Der Ofen steht im Keller. Die oberen Hütten sind im Herbst geschlossen."
    claim = "Jede Hütte ist zu."

    assert supporting_span(text, claim, language="de") == (26, len(text))
    assert supporting_span(text, claim) == (0, len(text))


def test_what_stands_below_a_heading_supports_a_claim_and_not_the_heading():
    title = "Rime and the wind sensors"
    text = f"{title}\nThe sensors stop in rime when the wind drops."
    claim = "Rime stops the wind sensors."

    start, end = supporting_span(text, claim, headings=(title,))
    assert text[start:end] == "The sensors stop in rime when the wind drops."
    assert supporting_span(title, claim, headings=(title,)) == (0, len(title))


def test_a_row_supports_a_claim_and_not_the_caption_above_the_table():
    caption, header = "Data was as follows ($ in millions):", "Year | 2023 | 2022"
    text = f"{caption}\n{header}\nRevenue | $46,298 | $51,761"
    start, end = supporting_span(text, "It made $46,298 million in 2023", header=header)
    assert text[start:end] == "Revenue | $46,298 | $51,761"
