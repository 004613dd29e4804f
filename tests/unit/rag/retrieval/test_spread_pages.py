"""The best hits of a few pages come first, and then what else was found, as it was found."""

from builders_answer import chunk, hit

from rag.retrieval.retriever import SPREAD_PAGES, spread_pages


def on_page(page, name):
    """A document without pages has sections instead."""
    return hit(chunk(name, f"Passage {name}.", headings=(f"Section {page}",)))


def names(hits):
    return [one.chunk.id for one in hits]


def test_the_second_hit_of_a_page_comes_behind_the_first_of_others():
    hits = [on_page(1, "a"), on_page(1, "b"), on_page(2, "c")]

    assert names(spread_pages(hits)) == ["a", "c", "b"]


def test_further_pages_come_in_turn_with_what_else_stands_on_the_first():
    first = [on_page(page, f"p{page}") for page in range(SPREAD_PAGES)]
    again = [on_page(0, name) for name in ("again", "once more", "at last")]
    far = on_page(SPREAD_PAGES, "far")

    assert names(spread_pages([*first, *again, far])) == [
        *names(first), "again", "far", "once more", "at last",
    ]  # fmt: skip
