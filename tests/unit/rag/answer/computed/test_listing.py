from builders_answer import chunk, hit, snow_scorer

from rag.answer.base.citations import resolve_marks
from rag.answer.computed.computed_answers import work_out
from rag.answer.evidence.ranking import AnswerRanker
from rag.answer.question.asked import understand
from rag.datamodel import Context

HAZARDS = (
    "The pass has these hazards:\n"
    "- Avalanches: below the north face, until June.\n"
    "- Rockfall: after rain.\n"
    "- Fog\n"
    "Guests sleep in the hut."
)


def answered(question, text=HAZARDS):
    context = Context(hits=(hit(chunk("h", text)),))
    return work_out(understand(question), context, AnswerRanker(snow_scorer())), context


def test_the_points_of_a_list_are_named_then_quoted_with_marks():
    text, context = answered("Which hazards does the pass have?")

    assert text.startswith("**Avalanches; Rockfall; Fog**")
    citations, unresolved = resolve_marks(text, context)
    assert [c.quote for c in citations][2] == "Fog"
    assert len(citations) == 3
    assert unresolved == ()


def test_one_thing_that_is_asked_for_is_no_list():
    assert answered("Which hazard lasts until June?")[0] == ""
    assert answered("How many hazards are there?")[0] == ""


def test_a_list_of_other_things_is_not_shown():
    assert answered("Which marmots live at the pass?")[0] == ""
