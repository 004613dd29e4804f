import time

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


def test_thousands_of_named_documents_are_looked_up_one_by_one():
    sources = [f"folder/{n}.md" for n in range(20_000)]
    within = Filters(within=tuple(sources[::2]))

    began = time.process_time()
    admitted = [source for source in sources if within.admit(source=source, media_type="")]

    assert len(admitted) == 10_000
    assert time.process_time() - began < 2.0  # compared with each other they take a minute
