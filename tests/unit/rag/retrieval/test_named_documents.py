from dataclasses import replace

from builders_answer import chunk, hit

from rag.datamodel import Filters, Provenance
from rag.retrieval.named_documents import MIN_PLACES, of_named_documents, with_names
from rag.understanding.question.question import understand

ASKED = understand("how did godfrey phillips' exports compare to the year before?")
NAMING = "To the members of Godfrey Phillips, about {page}."


def on_page(page, text, *, doc="a"):
    made = replace(chunk(f"{doc}{page}", text), provenances=(Provenance(page=page),), doc_id=doc)
    return hit(made, page)


def accounts(*, text=NAMING, doc="a"):
    pages = range(2, MIN_PLACES + 2)
    return [on_page(page, text.format(page=page), doc=doc) for page in pages]


def contexts(asked, *hits):
    return [one.chunk.context for one in with_names(asked, hits)]


def test_a_name_that_a_document_repeats_is_told_of_its_other_passages():
    exports, elsewhere = on_page(1, "Exports rose."), on_page(1, "Exports fell.", doc="b")
    told = with_names(ASKED, [exports, *accounts(), elsewhere])

    assert told[0].chunk.context == f"Godfrey Phillips — {exports.chunk.context}".removesuffix(
        " — "
    )
    assert told[1:] == [*accounts(), elsewhere]


def test_what_is_no_name_or_of_several_documents_is_told_of_none():
    exports = on_page(1, "Exports rose.")
    for others in (
        accounts()[1:],
        accounts(text="Of godfrey phillips."),
        accounts(text="GODFREY PHILLIPS"),
        [*accounts(), *accounts(doc="b")],
    ):
        assert contexts(ASKED, exports, *others)[0] == exports.chunk.context


def test_a_name_is_searched_without_it_in_the_documents_that_it_stands_for():
    found = of_named_documents(ASKED, [*accounts(), *accounts(doc="b"), on_page(1, "x", doc="c")])

    assert found.text == "how did exports compare to the year before?"
    assert {*found.filters.within} == {
        hit.chunk.source for hit in (*accounts(), *accounts(doc="b"))
    }


def test_a_name_of_many_documents_or_with_nothing_else_asked_is_searched_as_it_is():
    of_many = [one for doc in "abc" for one in accounts(doc=doc)]
    assert of_named_documents(ASKED, of_many) is None
    assert of_named_documents(understand("what about Godfrey Phillips?"), accounts()) is None
    assert of_named_documents(ASKED, [on_page(1, "Exports rose.")]) is None


def test_documents_that_are_not_asked_are_not_searched():
    elsewhere = replace(ASKED, filters=Filters(within=("elsewhere/",)))

    assert of_named_documents(elsewhere, accounts()) is None
