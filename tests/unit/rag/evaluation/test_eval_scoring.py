import pytest

from rag.datamodel import Answer, BBox, Chunk, Citation, Hit, Provenance, Query
from rag.evaluation.questions import EvaluationQuestion, Gold
from rag.evaluation.report import place_of, places
from rag.evaluation.scoring import holds_answer, missing_facts, record_of

LINE = BBox(x0=0.1, y0=0.2, x1=0.5, y1=0.3)
PEAKS = Gold(pages={"peaks.pdf": (2,)}, bbox=(0.1, 0.2, 0.5, 0.4), evidence="4,478 m high")
SEVERAL = Gold(pages={"a.csv": (4,), "b.pdf": (4,)})


def a_chunk(source="peaks.pdf", page=2, text="It is 4,478 m high."):
    place = Provenance(page=page, bbox=LINE if page else None, span=(0, len(text)))
    return Chunk(
        id=f"{source} {page}",
        doc_id=source,
        source=source,
        ordinal=0,
        text=text,
        provenances=(place,),
    )


def an_answer(text="It is 4,478 m high. [1]", hits=(("peaks.pdf", 2),), **changes):
    chunks = [a_chunk(source, page) for source, page in hits]
    values = {
        "query": Query(text="How high?"),
        "text": text,
        "confidence": 0.9,
        "hits": tuple(
            Hit(chunk=chunk, score=1 / rank, rank=rank, channel="reranked")
            for rank, chunk in enumerate(chunks, start=1)
        ),
        "citations": tuple(
            Citation(number=1, chunk=c, span=(0, 3), provenances=c.provenances, quote=c.text)
            for c in chunks[:1]
        ),
        "timings_s": (("total", 0.25),),
        "complete": True,
    }
    return Answer(**values | changes)


def refusal(**changes):
    return an_answer("The documents do not hold it.", answered=False, citations=(), **changes)


def a_question(**changes):
    values = {
        "id": "q",
        "line": 1,
        "text": "How high?",
        "answers": ("4478 m",),
        "answerable": True,
        "gold": PEAKS,
    }
    return EvaluationQuestion(**values | changes)


def test_a_right_answer_scores_in_every_way():
    record = record_of(a_question(), an_answer(), words=40)

    assert record.right is True
    assert record.why == ""
    assert record.scores["page_hit@1"] == record.scores["mrr@10"] == record.scores["right"] == 1
    assert record.scores["citation_precision"] == record.scores["citation_recall"] == 1
    assert record.scores["box_iou"] == pytest.approx(0.5)
    assert record.scores["evidence_coverage"] == 1
    assert record.seconds == {"total": 0.25}


def test_a_refusal_is_right_where_there_is_no_answer_and_wrong_where_there_is_one():
    none = record_of(a_question(answers=(), answerable=False), refusal(), words=40)
    one = record_of(a_question(), refusal(), words=40)

    assert (none.right, none.scores["unanswerable_refused"]) == (True, 1)
    assert (one.right, one.scores["answerable_refused"]) == (False, 1)
    assert (none.scores["abstention_precision"], one.scores["abstention_precision"]) == (1, 0)
    assert one.scores["brier"] == pytest.approx(0.81)
    assert one.scores["answer_contains"] == 0
    assert "citation_precision" not in one.scores
    assert "page_hit@1" not in none.scores


def test_a_second_hit_on_a_page_gains_nothing():
    question = a_question(gold=Gold(pages={"peaks.pdf": (2, 3)}))
    answer = an_answer(hits=(("peaks.pdf", 2), ("peaks.pdf", 2), ("other.pdf", 1)))

    scores = record_of(question, answer, words=40).scores

    assert scores["recall@5"] == 0.5
    assert scores["ndcg@10"] < 1


@pytest.mark.parametrize(
    ("source", "page", "gold", "place"),
    [
        ("peaks.pdf", 2, PEAKS, "peaks.pdf 2"),
        ("other.pdf", 2, PEAKS, None),
        ("a.csv", None, SEVERAL, "a.csv"),
        ("b.pdf", 5, SEVERAL, None),
    ],
)
def test_a_place_is_a_page_or_a_file(source, page, gold, place):
    (hit,) = record_of(a_question(), an_answer(hits=((source, page),)), words=1).hits

    assert place_of(hit, gold) == place
    assert place is None or place in places(gold)


@pytest.mark.parametrize(
    ("question", "answer", "why"),
    [
        (
            a_question(),
            refusal(hits=(("other.pdf", 1), ("peaks.pdf", 2))),
            "Nothing was answered (confidence 0.90); the right page is hit 2.",
        ),
        (
            a_question(answers=("300 m", "300")),
            an_answer(),
            (
                "The answer does not hold “300 m” or “300”; it cites the right page; the right"
                " page is hit 1."
            ),
        ),
        (
            a_question(answers=("high", "steep"), match="all"),
            an_answer(hits=(("peaks.pdf", 7),)),
            (
                "The answer lacks “steep”; it cites another page of the right file; the right"
                " file is hit 1, but its right page is not among the hits."
            ),
        ),
        (
            a_question(answers=("high",)),
            an_answer("one two three high", hits=(("other.pdf", 7),)),
            (
                "The answer comes only after its first 3 words; it cites other files; the right"
                " file is not among the hits."
            ),
        ),
        (
            a_question(answers=("high",), gold=Gold()),
            an_answer("one two high", answered=False, closest=True),
            "The closest places hold the answer, but none was stated.",
        ),
    ],
)
def test_a_wrong_answer_says_why(question, answer, why):
    assert record_of(question, answer, words=3).why == why


def test_facts_count_in_each_of_their_forms_within_the_first_words():
    facts = (("20:30", "8:30 pm"), ("rescue",))
    question = a_question(answers=(), nuggets=facts, optional=(("radio",),))
    answer = an_answer("They call at 8:30 pm by radio, then the rescue goes. [1]")

    late = record_of(question, answer, words=5).scores
    whole = record_of(question, answer, words=120)

    assert (late["nugget_recall"], late["nugget_strict"], late["optional_recall"]) == (0.5, 0, 0)
    assert (whole.scores["nugget_recall"], whole.scores["optional_recall"]) == (1, 1)
    assert whole.right is True
    assert "answer_contains" not in whole.scores


@pytest.mark.parametrize(
    ("expected", "text", "stands"),
    [
        ("51%", "It was 51% [1].", True),
        ("51", "It was 151.", False),
        ("51", "It was 51.", True),
        ("1234.5", "1,234.5 km", True),
        ("Blue", "blueish", False),
        ("people's", "the people’s choice", True),
        ("a  b", "A\nb", True),
    ],
)
def test_an_answer_stands_in_a_text_as_whole_words(expected, text, stands):
    assert holds_answer(text, [expected], match="any") is stands


@pytest.mark.parametrize(
    ("text", "forms", "is_held"),
    [
        ("It closed at 20:30 sharp.", ["20:30"], True),
        ("Room 113 is free.", ["13"], False),
        ("There were 13.", ["13"], False),
        ("They excavate.", ["cave"], False),
        ("It lost 31 %.", ["31%", "31 per cent"], False),
        ("A net of 3,226 million", ["3.2 billion", "3226"], True),
        ("George W. Bush led.", ["w. bush"], True),
    ],
)
def test_a_fact_is_held_in_any_of_its_forms_as_whole_words(text, forms, is_held):
    assert (missing_facts(text, [forms]) == []) is is_held
