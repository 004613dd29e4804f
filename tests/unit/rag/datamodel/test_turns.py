from builders_answer import chunk

from rag.datamodel import Answer, Citation, Filters, Provenance, Query, Turn


def answer(text, **options):
    page = (Provenance(page=3),)
    places = ((1, "a.pdf", page), (2, "b.md", ()), (3, "a.pdf", page))
    citations = tuple(
        Citation(number=n, chunk=chunk("c", "Snow.", source=source), span=(0, 0), provenances=on)
        for n, source, on in places
    )
    return Answer(query=Query(text="How deep?"), text=text, citations=citations, **options)


def test_an_exchange_is_remembered_with_the_places_that_were_cited_each_once():
    told = answer("Deep [1][2][3].").turn("how deep")

    assert told == Turn(
        question="how deep", answer="Deep [1][2][3].", cited=("a.pdf, page 3", "b.md")
    )
    assert told.sources == ("a.pdf", "b.md")


def test_a_folder_of_filters_holds_what_is_below_it_and_nothing_of_a_like_name():
    within = Filters(within=("reports/old/",))

    assert within.admit(source="reports/old/2019/q3.pdf", media_type="")
    assert not within.admit(source="reports/older/q3.pdf", media_type="")
    assert not within.admit(source="reports/old", media_type="")
