import pytest
from builders_answer import chunk, snow_index
from builders_answering import answering
from builders_large import SayingGenerator, large
from fakes import FoundOrder

from pagelight.services.answering.answer_json import answer_json
from rag.datamodel import Query, QueryImage, Turn
from rag.errors import CutOffError
from rag.generation.verification.confidence import Verdict
from rag.models.prompting import with_best_pictures
from rag.pipeline.pipeline import DOUBTED, UNANSWERED
from rag.refusal import CLOSEST, NOTHING_FOUND
from rag.understanding.question.question import understand


def answers(question, history=(), **options):
    return list(answering(*snow_index(), **options).ask(understand(question, history)))


def _way(asked):
    return "topic" if asked.topic else "alone"


def _where(asked):
    return "there" if asked.filters.within else "everywhere"


def test_what_is_found_comes_first_then_the_likeliest_place_then_the_whole_answer():
    found, begun, answer = answers("How deep was the snow in March 1999?")

    assert not found.text
    assert found.hits
    assert "“" in begun.text
    assert not begun.complete
    assert answer.complete
    assert answer.citations[0].chunk.source == "winter.txt"


def test_below_the_threshold_it_shows_what_is_closest():
    *_, answer = answers("How deep was the snow in March 1999?", threshold=1.1)

    assert answer.text.startswith(f"{CLOSEST}\n\n“")
    assert (answer.state, answer.answered) == ("partial", False)
    assert answer.citations[0].chunk.source == "winter.txt"
    assert answer_json(answer, profile="embedded")["state"] == "partial"


def test_nothing_is_called_closest_that_shares_nothing_with_the_question():
    *_, answer = answers("Who invented the telephone?", threshold=1.1)

    assert (answer.state, answer.text, answer.citations) == ("not_found", NOTHING_FOUND, ())
    assert answer.nearest


def test_a_follow_up_is_searched_with_the_question_it_leans_on():
    *_, answer = answers("And in June?", [Turn(question="How was the snow?", answer="Deep.")])

    assert answer.standalone_query == "And in June (how was the snow)?"
    assert answer.query.text == "And in June?"


@pytest.mark.parametrize(
    ("stated", "near", "kept"),
    [
        ({"topic"}, {"topic", "alone"}, "topic"),
        ({"alone"}, {"topic", "alone"}, "alone"),
        ((), {"topic", "alone"}, "topic"),
    ],
)
def test_what_may_be_new_is_asked_as_typed_where_nothing_is_stated_with_the_topic(
    stated, near, kept
):
    history = [Turn(question="How deep was the snow of the pass in 1999?", answer="")]
    *_, answer = answers(
        "what is the salary",
        history,
        threshold=0.5,
        reranker=FoundOrder(),
        assess=lambda asked, _: Verdict(
            held=float(_way(asked) in stated), right=0.0, is_near=_way(asked) in near
        ),
        remarks=lambda asked, _: (_way(asked),),
    )

    assert answer.notes == (kept,)


@pytest.mark.parametrize(
    ("everywhere", "there", "kept"),
    [
        (0.6, 0.8, "there"),
        (0.8, 0.6, "everywhere"),
        (0.2, 0.4, "everywhere"),  # is not stated there, either
        (0.2, 0.6, "there"),
    ],
)
def test_documents_spoken_of_are_preferred_where_they_as_likely_answer(everywhere, there, kept):
    held = {"there": there, "everywhere": everywhere}
    history = [Turn(question="Do marmots sleep?", answer="Yes.", cited=("marmots.txt",))]
    *_, answer = answers(
        "And how deep was the snow in March 1999?",
        history,
        threshold=0.5,
        reranker=FoundOrder(),
        assess=lambda asked, _: Verdict(held=held[_where(asked)], right=0.0),
        remarks=lambda asked, _: (_where(asked),),
    )

    assert answer.notes == (kept,)
    assert {hit.chunk.source for hit in answer.hits} >= {"marmots.txt"}
    assert (len({hit.chunk.source for hit in answer.hits}) == 1) is (kept == "there")


def test_a_question_that_stands_alone_is_asked_of_all_documents():
    read = []
    history = [Turn(question="Do marmots sleep?", answer="Yes.", cited=("marmots.txt",))]
    answers(
        "How deep was the snow in March 1999?",
        history,
        assess=lambda asked, _: read.append(_where(asked)) or Verdict(held=1.0, right=0.0),
    )

    assert read == ["everywhere"]


def test_the_json_of_an_answer_has_the_public_shape():
    *_, answer = answers("How deep was the snow in March 1999?")
    shown = answer_json(answer, profile="embedded")

    assert set(shown) == set(
        "text answered state confidence profile standalone_query citations figures table_queries"
        " hits unresolved unsupported notes steps timings_s speed".split()
    )
    assert set(shown["citations"][0]) == set(
        "number source page bbox boxes start_s end_s quote score".split()
    )
    assert set(shown["hits"][0]) == set(
        "source page bbox start_s end_s rank score channel text why".split()
    )
    assert set(shown["hits"][0]["why"]) == {"text", "found_by", "relevance", "words"}
    assert shown["confidence"] == pytest.approx(answer.confidence, abs=1e-4)


def written(*pieces, held=1.0, asked="How deep was the snow?", **options):
    """Return the answer that a larger model writes."""
    *_, answer = answers(
        asked,
        writer=large(SayingGenerator(*pieces, **options)),
        threshold=0.5,
        assess=lambda *_: Verdict(held=held, right=held),
    )
    return answer


def said(answer):
    return answer.text[: answer.quoted_from].strip()


DEEP = "Snow lay 317 cm deep [1]."


def test_what_a_larger_model_writes_stands_without_a_quotation_that_says_the_same():
    answer = written("Snow lay ", "317 cm deep [1].")

    assert answer.text == DEEP
    assert (answer.state, answer.complete, answer.notes) == ("answered", True, ())


def test_an_answer_that_is_cut_off_is_kept_and_told():
    answer = written(DEEP, " It was", error=CutOffError("The server closed the line."))

    assert (said(answer), answer.complete) == (DEEP, True)
    assert answer.notes[0] == "The server closed the line."


def test_what_a_model_reads_and_writes_is_counted_and_timed():
    answer = written("", "Snow lay 317 cm ", "deep [1].")
    shown = answer_json(answer, profile="local")

    assert answer.written.tokens == 6
    assert answer.written.read_tokens > 50
    assert answer.written.seconds >= answer.written.first_s > 0
    assert set(shown["speed"]) >= {"tokens_per_s"}


@pytest.mark.parametrize(
    ("most", "notes"),
    [(None, ()), (1, ()), (0, ("The model saw 0 of 1 pictures: it takes no more.",))],
)
def test_a_model_that_takes_fewer_pictures_is_told_of(most, notes):
    image = QueryImage(path="x.png", phash="0" * 16, lettering="Snow 317 cm")
    asked = Query(text="How deep was the snow?", image=image)
    answer = written("Deep [1].", asked=asked, fits=lambda p: with_best_pictures(p, most))

    assert answer.notes == notes


def test_a_larger_model_is_asked_whatever_we_hold_of_the_places():
    stated = written(DEEP, held=0.1)
    refused = written("[0]", held=0.1)

    assert (said(stated), stated.answered, stated.confidence) == (DEEP, True, 0.1)
    assert stated.notes == (DOUBTED,)
    assert (refused.state, refused.notes) == ("partial", (UNANSWERED,))


def test_of_a_part_of_a_page_a_larger_model_reads_that_part_first():
    model = SayingGenerator("The pass was closed in May [1].")
    region = chunk("region", "The pass was closed in May.", source="winter.txt")
    asked = Query(text="When was it closed?", region=region)
    *_, answer = answers(asked, writer=large(model))
    *_, quoted = answers(asked)

    assert model.asked[0].context.hits[0].chunk == region
    assert said(answer) == "The pass was closed in May [1]."
    assert answer.citations[0].chunk == region
    assert "“The pass was closed in May.” [1]" in quoted.text
