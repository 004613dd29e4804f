from rag.datamodel import Answer, Query
from rag.pipeline.timing import timed


def test_the_complete_answer_tells_how_long_its_first_words_and_all_of_it_took():
    def growing():
        asked = Query(text="q")
        yield Answer(query=asked)
        yield Answer(query=asked, text="A")
        yield Answer(query=asked, text="A b", timings_s=(("summarise", 0.5),), complete=True)

    found, first, last = timed(growing())

    assert (found.timings_s, first.timings_s) == ((), ())
    assert [stage for stage, _ in last.timings_s] == ["summarise", "first_text", "total"]
    assert 0 < dict(last.timings_s)["first_text"] <= dict(last.timings_s)["total"]
