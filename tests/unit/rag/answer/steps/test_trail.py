"""What is read and shown once a model looked further: the same room, what steps brought first."""

from dataclasses import replace

from builders_answer import chunk, hit

from rag.answer.reading_room.room import ReadingRoom, RoomSize
from rag.answer.steps.calls import ToolCall
from rag.answer.steps.toolbox import StepOutcome
from rag.answer.steps.trail import MOST_READ, MOST_STEPS, Trail
from rag.datamodel import Context, Provenance
from rag.parts.writing import SearchStep


def on_page(source, page):
    made = chunk(f"{source} {page}", f"{source} {page} tells of snow", source=source)
    return replace(made, provenances=(Provenance(page=page),), ordinal=page)


def ranked(*chunks):
    return tuple(hit(one, rank) for rank, one in enumerate(chunks, start=1))


CHUNKS = {
    (name, page): on_page(name, page) for name in ("a.pdf", "b.pdf", "c.pdf") for page in (1, 2, 3)
}


def found(source, *pages):
    return ranked(*(CHUNKS[source, page] for page in pages))


def trail(*, tokens=200, pictures=2):
    hits = found("a.pdf", 1, 2, 3)
    room = ReadingRoom(
        lambda ids: [one for one in CHUNKS.values() if one.id in ids],
        frozenset,
        count_tokens=lambda text: len(text.split()),
        size=RoomSize(tokens=tokens, pictures=pictures),
    )
    return Trail(
        hits,
        room.furnished(hits, Context(hits=hits)),
        offered=True,
        tokens=tokens,
        count_tokens=lambda text: len(text.split()),
        furnish=room.furnished,
    )


def step(hits):
    return StepOutcome(step=SearchStep(action="search", words="x", found="y"), hits=hits)


def shown(context):
    return [
        (one.chunk.source, one.chunk.page) for n in context.pictures if (one := context.source(n))
    ]


def test_pages_that_steps_bring_are_shown_in_turns_and_no_more_pictures_than_fit():
    going = trail()
    assert shown(going.context) == [("a.pdf", 1), ("a.pdf", 2)]

    going.take(step(found("b.pdf", 1, 2)))
    assert shown(going.context) == [("b.pdf", 1), ("b.pdf", 2)]

    going.take(step(found("c.pdf", 1, 2)))
    assert shown(going.context) == [("c.pdf", 1), ("b.pdf", 1)]


def test_what_steps_bring_is_read_before_what_was_found_first():
    going = trail(tokens=16, pictures=0)
    going.take(step(found("b.pdf", 1, 2)))
    going.take(step(found("c.pdf", 1, 2)))

    assert {one.chunk.source for one in going.context.hits} == {"b.pdf", "c.pdf"}
    assert going.context.token_count <= 16


def test_what_a_step_brings_again_is_read_once():
    going = trail()
    going.take(step(found("a.pdf", 2)))
    going.take(step(found("a.pdf", 2)))

    pages = [one.chunk.page for one in going.context.hits]
    assert (pages[0], sorted(pages)) == (2, [1, 2, 3])


def test_all_passes_together_read_no_more_than_so_many_full_ones():
    going, call = trail(tokens=100), ToolCall(name="search", words="snow")
    for _ in range(MOST_READ - 1):
        going.read(100)

    assert going.goes_on(call, refused=False)
    going.read(1)
    assert going.left == 0
    assert not going.goes_on(call, refused=False)
    assert not going.goes_on(None, refused=True)


def test_passes_that_read_little_may_take_all_steps():
    going = trail(tokens=100)
    for _ in range(MOST_STEPS):
        going.read(20)
        assert going.goes_on(ToolCall(name="search", words="snow"), refused=False)
        going.take(step(found("b.pdf", 1)))

    assert going.left == 0
    assert not going.has_read_enough
