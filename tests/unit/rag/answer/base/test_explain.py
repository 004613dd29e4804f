from builders_answer import chunk, hit

from rag.answer.base.explain import asked_words, why
from rag.datamodel import Hit
from rag.retrieval.fusion import Run, fuse


def found(*ways, relevance=None):
    return Hit(
        chunk=chunk("a", "Snow."),
        score=1.0,
        rank=1,
        channel="reranked",
        found_by=ways,
        relevance=relevance,
    )


def test_a_hit_says_how_it_was_found_and_what_the_reader_thinks():
    told = why(found(("lexical", 2), ("dense", 5), relevance=0.834))

    assert told == (
        "Found by its words (2nd) and by meaning (5th); the reader is 83 % sure it answers."
    )


def test_fused_hits_know_their_channels_and_best_ranks():
    snow, rain = chunk("snow", "Snow."), chunk("rain", "Rain.")
    lexical = [hit(snow, 1), hit(rain, 2)]
    dense = [hit(rain, 1)]
    runs = [
        Run(
            hits=[Hit(chunk=h.chunk, score=0.5, rank=h.rank, channel=c) for h in hits],
            weight=1.0,
            depth=9,
        )
        for c, hits in (("lexical", lexical), ("dense", dense))
    ]

    assert {h.chunk.id: h.found_by for h in fuse(runs, k=5)} == {
        "rain": (("dense", 1), ("lexical", 2)),
        "snow": (("lexical", 1),),
    }


def test_the_questions_words_are_found_in_any_form():
    text = "The snows of 1999 were deep."
    spans = asked_words("How deep was the snow?", text)

    assert [text[a:b] for a, b in spans] == ["snows", "deep"]
