from functools import partial

import pytest
from builders_answer import snow_index, snow_scorer
from fakes import FakeEmbedder

from rag.answer.base.prompt import build_prompt
from rag.answer.base.refusal import CLOSEST, NOTHING_FOUND
from rag.answer.compose.render_json import answer_json
from rag.answer.evidence.evidence import EvidenceScorer
from rag.answer.evidence.reading import Readings
from rag.answer.passages.passages import Passages
from rag.answer.pipeline import DOUBTED, Pipeline
from rag.answer.question.question import understand
from rag.answer.rerank.reranking import EvidenceReranker
from rag.answer.seams import Limits
from rag.answer.trust.confidence import Confidence, Verdict
from rag.answer.trust.verify import Checked
from rag.datamodel import Answer, Context, Query, QueryImage, Turn
from rag.engine.recipe import FoundOrder
from rag.errors import CutOffError, WriterFailedError
from rag.generation.extractive import ExtractiveWriter
from rag.neural.prompting.prompt_pictures import with_best_pictures
from rag.retrieve.retriever import Retriever
from rag.retrieve.spelling import mended


def pipeline(threshold, **options):
    index, embedder = snow_index()
    readings = Readings(None)
    scorer = EvidenceScorer(index, embedder, readings)
    limits = Limits(top_k=5, context_hits=3, context_tokens=500, threshold=threshold)
    retriever = Retriever(index, embedder)
    ranker = Passages(scorer)
    assess = Confidence(ranker).estimate
    generator = ExtractiveWriter(ranker, embedder)
    reranker = EvidenceReranker(readings, scorer)
    return Pipeline(retriever, reranker, assess, generator, limits, fetch=index.chunks, **options)


def _way(asked):
    return "topic" if asked.topic else "alone"


def _where(asked):
    return "there" if asked.filters.within else "everywhere"


def ask(question, threshold=0.0, history=()):
    return list(pipeline(threshold).ask(understand(question, history)))


def test_an_answer_grows_and_its_last_state_is_complete():
    found, *answers = ask("How deep was the snow in March 1999?")

    assert not found.text
    assert found.hits
    assert [a.complete for a in answers] == [False] * (len(answers) - 1) + [True]
    assert answers[-1].text.startswith(answers[0].text)
    assert answers[-1].citations[0].chunk.source == "winter.txt"


def test_a_misspelt_word_is_read_as_that_of_the_documents_by_every_stage():
    nearest = snow_index()[0].nearest_words
    mend = partial(mended, nearest=nearest, is_word=lambda _word: False)
    asked = Query(text="How depe was the snow in March 1999?")
    *_, read = pipeline(0.0, mend=mend).ask(understand(asked))
    *_, meant = pipeline(0.0).ask(understand("How deep was the snow in March 1999?"))

    assert read.query == asked
    assert (read.text, read.confidence) == (meant.text, meant.confidence)
    assert read.hits == meant.hits
    assert read.standalone_query == meant.standalone_query
    assert (read.notes, meant.notes) == (("Read “depe” as “deep”.",), ())


def test_below_the_threshold_it_says_that_the_documents_do_not_hold_it():
    _, answer = ask("Who invented the telephone?", threshold=1.0)

    assert (answer.answered, answer.text) == (False, NOTHING_FOUND)
    assert answer.nearest
    assert answer.complete


def test_below_the_threshold_it_shows_what_is_closest():
    closest = ExtractiveWriter(Passages(snow_scorer()), FakeEmbedder()).closest
    asked = Query(text="How deep was the snow in March 1999?")
    *_, answer = pipeline(1.1, closest=closest).ask(understand(asked))

    assert answer.text.startswith(f"{CLOSEST}\n\n“")
    assert (answer.state, answer.answered) == ("closest", False)
    assert answer.citations[0].chunk.source == "winter.txt"
    assert answer_json(answer, profile="embedded")["state"] == "closest"


def test_nothing_is_called_closest_that_shares_nothing_with_the_question():
    closest = ExtractiveWriter(Passages(snow_scorer()), FakeEmbedder()).closest
    *_, answer = pipeline(1.1, closest=closest).ask(understand("Who invented the telephone?"))

    assert (answer.state, answer.text, answer.citations) == ("nothing", NOTHING_FOUND, ())


def test_an_answer_that_is_stated_is_not_the_closest():
    with pytest.raises(ValueError, match="closest"):
        Answer(query=Query(text="Snow?"), closest=True)


def test_a_follow_up_is_searched_with_the_question_it_leans_on():
    *_, answer = ask("And in June?", history=[Turn(question="How was the snow?", answer="Deep.")])

    assert answer.standalone_query == "And in June (how was the snow)?"
    assert answer.query.text == "And in June?"


@pytest.mark.parametrize(
    ("stated", "near", "kept"),
    [
        ({"topic"}, {"topic", "alone"}, "topic"),
        ({"alone"}, {"topic", "alone"}, "alone"),
        ((), {"topic", "alone"}, "topic"),
        ((), {"alone"}, "alone"),
        ((), {}, "topic"),
    ],
)
def test_what_may_be_new_is_asked_as_typed_where_nothing_is_stated_with_the_topic(
    stated, near, kept
):
    index, embedder = snow_index()
    asking = Pipeline(
        Retriever(index, embedder),
        FoundOrder(),
        lambda asked, _: Verdict(
            held=float(_way(asked) in stated), right=0.0, is_near=_way(asked) in near
        ),
        Writer("Deep [1]"),
        Limits(top_k=5, context_hits=3, context_tokens=500, threshold=0.5),
        fetch=index.chunks,
        remark=lambda asked, _: _way(asked),
    )
    history = [Turn(question="How deep was the snow of the pass in 1999?", answer="")]

    *_, answer = asking.ask(understand("what is the salary", history))

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
    index, embedder = snow_index()
    held = {"there": there, "everywhere": everywhere}
    asking = Pipeline(
        Retriever(index, embedder),
        FoundOrder(),
        lambda asked, _: Verdict(held=held[_where(asked)], right=0.0),
        Writer("Deep [1]"),
        Limits(top_k=5, context_hits=3, context_tokens=500, threshold=0.5),
        fetch=index.chunks,
        remark=lambda asked, _: _where(asked),
    )
    history = [Turn(question="Do marmots sleep?", answer="Yes.", cited=("marmots.txt",))]

    *_, answer = asking.ask(understand("How deep was the snow in March 1999?", history))

    assert answer.notes == (kept,)
    assert {hit.chunk.source for hit in answer.hits} >= {"marmots.txt"}
    assert (len({hit.chunk.source for hit in answer.hits}) == 1) is (kept == "there")


def test_where_none_but_documents_spoken_of_are_found_they_are_read_once():
    index, embedder = snow_index()
    read = []
    asking = Pipeline(
        Retriever(index, embedder),
        FoundOrder(),
        lambda asked, _: read.append(asked) or Verdict(held=1.0, right=0.0),
        Writer("Deep [1]"),
        Limits(top_k=5, context_hits=3, context_tokens=500, threshold=0.5),
        fetch=index.chunks,
    )
    cited = ("depths.csv", "winter.txt, page 1", "marmots.txt")
    history = [Turn(question="Do marmots sleep?", answer="Yes.", cited=cited)]

    list(asking.ask(understand("How deep was the snow in March 1999?", history)))

    assert len(read) == 1


def test_every_stage_is_timed():
    *_, answer = ask("How deep was the snow in March 1999?")

    assert [stage for stage, _ in answer.timings_s] == [
        "retrieve",
        "rerank",
        "assess",
        "first_text",
        "verify",
        "total",
    ]


def test_a_picture_alone_is_a_question_by_its_lettering():
    image = QueryImage(path="x.png", phash="0" * 16, lettering="Marmots sleep October")
    *_, answer = pipeline(0.0).ask(understand(Query(image=image)))

    assert answer.hits[0].chunk.source == "marmots.txt"


def test_notes_are_shown_with_the_answer():
    *_, answer = pipeline(0.0, notes=lambda: ("found by words alone",)).ask(understand("snow"))

    assert answer.notes == ("found by words alone",)


def test_the_json_of_an_answer_has_the_public_shape():
    *_, answer = ask("How deep was the snow in March 1999?")
    shown = answer_json(answer, profile="embedded")

    assert set(shown) == {
        "text",
        "answered",
        "state",
        "confidence",
        "profile",
        "standalone_query",
        "citations",
        "figures",
        "table_queries",
        "hits",
        "unresolved",
        "unsupported",
        "notes",
        "steps",
        "timings_s",
        "speed",
    }
    assert set(shown["citations"][0]) == {
        "number",
        "source",
        "page",
        "bbox",
        "boxes",
        "start_s",
        "end_s",
        "quote",
        "score",
    }
    assert set(shown["hits"][0]) == {
        "source",
        "page",
        "bbox",
        "start_s",
        "end_s",
        "rank",
        "score",
        "channel",
        "text",
        "why",
    }
    assert set(shown["hits"][0]["why"]) == {"text", "found_by", "relevance", "words"}
    assert shown["confidence"] == pytest.approx(answer.confidence, abs=1e-4)


class Writer:
    """A fake generator: says some pieces, then may fail."""

    model_id = "writer"

    def __init__(self, *pieces, error=None):
        self.pieces, self.error = pieces, error

    def count_tokens(self, text):
        return len(text.split())

    def stream(self, prompt):  # noqa: ARG002 - it knows what it will say
        yield from self.pieces
        if self.error is not None:
            raise self.error


def written(*pieces, error=None, held=1.0, asked="How deep was the snow?", **options):
    index, embedder = snow_index()
    limits = Limits(top_k=5, context_hits=3, context_tokens=500, threshold=0.5)
    asking = Pipeline(
        Retriever(index, embedder),
        EvidenceReranker(Readings(None), snow_scorer()),
        lambda *_: Verdict(held=held, right=held),
        Writer(*pieces, error=error),
        limits,
        fetch=index.chunks,
        **options,
    )
    return list(asking.ask(understand(asked)))[-1]


def test_an_answer_that_is_cut_off_is_kept_and_marked():
    answer = written("Deep [1]", " in", error=CutOffError("The server closed the line."))

    assert (answer.text, answer.complete) == ("Deep [1] in", True)
    assert answer.notes == ("The server closed the line.",)
    assert [c.number for c in answer.citations] == [1]


def test_what_a_model_reads_and_writes_is_counted_and_timed():
    ticks = iter(range(1000))
    answer = written("", "Deep [1]", " in", decides=True, now=lambda: float(next(ticks)))
    shown = answer_json(answer, profile="local")

    assert answer.written.tokens == len("Deep [1] in".split())
    assert answer.written.read_tokens > 50
    assert answer.written.first_s == 2.0  # an empty piece is no word
    assert answer.written.seconds > answer.written.first_s
    assert shown["speed"]["tokens_per_s"] == round(answer.written.tokens_per_s, 1) > 0


def test_nothing_is_counted_where_no_model_writes():
    assert written("Deep [1]").written is None


def test_sentences_that_are_not_borne_out_are_told_with_the_complete_answer():
    answer = written(
        "Deep. ", "Blue.", verify=lambda answer: Checked(unsupported=((0, len(answer.text) - 6),))
    )

    assert answer.unsupported == ((0, 5),)
    assert answer_json(answer, profile="embedded")["unsupported"] == [[0, 5]]


def test_signs_that_would_steer_a_terminal_are_left_out():
    assert written("Deep\x1b[2J\n\tblue\x07.").text == "Deep[2J\n\tblue."


def test_a_model_that_says_that_nothing_is_held_has_not_answered():
    answer = written("The documents do not", " hold an answer to this.")

    assert (answer.answered, answer.text) == (False, NOTHING_FOUND)
    assert answer.citations == ()
    assert answer.nearest


def test_what_a_model_can_not_read_is_told_in_the_context():
    def only_best(prompt):
        best, *others = prompt.context.hits
        return build_prompt(prompt.query, Context(hits=(best,), dropped=tuple(others)))

    answer = written("Deep [1], white [2].", fit=only_best)

    assert len(answer.context.hits) == 1
    assert answer.context.dropped
    assert answer.unresolved == (2,)
    assert answer.notes == ("The model reads 1 of 3 sources: more do not fit it.",)


@pytest.mark.parametrize(
    ("most", "notes"),
    [(None, ()), (1, ()), (0, ("The model saw 0 of 1 pictures: it takes no more.",))],
)
def test_a_model_that_takes_fewer_pictures_is_told_of(most, notes):
    image = QueryImage(path="x.png", phash="0" * 16, lettering="Snow 317 cm")
    asked = Query(text="How deep was the snow?", image=image)
    answer = written("Deep [1].", asked=asked, fit=lambda p: with_best_pictures(p, most))

    assert answer.notes == notes


def test_the_mark_of_no_source_is_a_refusal_in_any_language_and_no_part_of_a_half_answer():
    refused = written("Davon ist nirgends ", "die Rede. [0]")
    half = written("Deep [1]. Of rain nothing is said [0].")

    assert (refused.answered, refused.text) == (False, NOTHING_FOUND)
    assert (half.text, half.unresolved) == ("Deep [1]. Of rain nothing is said.", ())


def test_a_model_that_decides_is_asked_whatever_we_hold_of_the_places():
    stated = written("317 cm [1].", held=0.1, decides=True)
    refused = written("[0]", held=0.1, decides=True)

    assert (stated.text, stated.answered, stated.confidence) == ("317 cm [1].", True, 0.1)
    assert stated.notes == (DOUBTED,)
    assert (refused.answered, refused.text, refused.notes) == (False, NOTHING_FOUND, ())
    assert written("317 cm [1].", held=0.9, decides=True).notes == ()


def test_what_decides_nothing_is_not_asked_below_the_threshold():
    assert not written("317 cm [1].", held=0.1).answered


def test_where_a_model_that_decides_fails_below_the_threshold_nothing_is_quoted_as_an_answer():
    index, embedder = snow_index()
    quoter = ExtractiveWriter(Passages(EvidenceScorer(index, embedder, Readings(None))), embedder)
    error = WriterFailedError("It failed.")
    doubted = written(error=error, held=0.1, decides=True, quoter=quoter)
    sure = written(error=error, held=0.9, decides=True, quoter=quoter)

    assert (doubted.answered, doubted.notes, bool(doubted.nearest)) == (
        False,
        ("It failed.",),
        True,
    )
    assert sure.answered


def test_a_line_of_a_document_that_looks_like_a_call_is_quoted_where_nothing_can_be_called():
    answer = written("CALL", " sign: OE7XYZ ", "[1]")

    assert (answer.text, answer.state) == ("CALL sign: OE7XYZ [1]", "stated")
