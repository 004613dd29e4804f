from dataclasses import replace

from builders_answer import WINTER, chunk, hit

from rag.pipeline.finding import nearest


def test_what_is_near_by_meaning_alone_is_ranked_too():
    ways = {
        "both": (("lexical", 1), ("dense", 2)),
        "near": (("dense", 2), ("lexical", 90)),
        "far": (("dense", 3),),
        "words": (("lexical", 2),),
    }
    hits = [replace(hit(chunk(name, WINTER)), found_by=by) for name, by in ways.items()]

    assert [one.chunk.id for one in nearest(hits[1:], 2)] == ["near"]
