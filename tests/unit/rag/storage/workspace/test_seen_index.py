"""A workspace as one person sees it: over the real index."""

from dataclasses import replace

import numpy as np
import pytest
from builders_index import (
    EMBEDDER,
    make_chunks,
    make_document,
    make_file,
    make_picture_chunk,
    open_index,
    put_document,
)
from builders_ui import an_answer

from pagelight.services.answering.answer_json import cited_json
from rag.datamodel import Filters, Query
from rag.storage.conversations.exchange import WITHHELD, Exchange

A, B, ROOT = Filters(collections=("a",)), Filters(collections=("b",)), Filters(collections=(".",))


@pytest.fixture
def index(tmp_path):
    with open_index(tmp_path / "w") as opened:
        yield opened


def put(index, text: str, *sources: str, phash: str = ""):
    doc = make_document(text, source=sources[0])
    chunks = make_chunks(doc)
    if phash:
        chunks.append(make_picture_chunk(doc, phash=phash, ordinal=1))
    put_document(index, doc, chunks, files=[make_file(source, doc.id) for source in sources])
    return doc, chunks


def seen(index, *collections: str, owner: str = "ann"):
    return index.seen_by(owner=owner, collections=collections)


def sources(hits):
    return [hit.chunk.source for hit in hits]


def test_every_search_finds_only_what_is_in_the_collections(index):
    put(index, "snow depth", "a/one.txt", phash="0" * 16)
    put(index, "snow cover", "b/two.txt", phash="0" * 15 + "1")
    put(index, "snow line", "three.txt")
    vector = EMBEDDER.embed_queries(["snow"])

    for filters, found in ((A, "a/one.txt"), (B, "b/two.txt"), (ROOT, "three.txt")):
        assert sources(index.search_lexical("snow", k=9, filters=filters)) == [found]
        assert set(sources(index.search_dense(vector, k=9, filters=filters))) == {found}
    assert sources(index.search_image("0" * 16, k=9, filters=B)) == ["b/two.txt"]
    assert index.search_lexical("snow", k=9, filters=Filters(collections=())) == []
    assert len(index.search_lexical("snow", k=9)) == 3


def test_a_name_that_begins_alike_is_another_collection(index):
    put(index, "snow", "ab/x.txt")

    assert seen(index, "a").documents() == []
    assert [r.sources for r in seen(index, "ab").documents()] == [("ab/x.txt",)]


def test_of_the_same_bytes_in_two_collections_only_the_seen_path_is_told(index):
    doc, chunks = put(index, "snow depth", "a/secret name.txt", "b/open.txt")

    for view, path in ((seen(index, "b"), "b/open.txt"), (seen(index, "a"), "a/secret name.txt")):
        assert view.document(doc.id).sources == (path,)
        assert view.documents()[0].sources == (path,)
        assert [chunk.source for chunk in view.chunks([chunks[0].id])] == [path]
    assert sources(index.search_lexical("snow", k=9, filters=B)) == ["b/open.txt"]


def test_documents_elsewhere_are_not_there_by_any_id(index):
    doc, chunks = put(index, "snow", "a/x.txt", phash="0" * 16)
    index.fail(make_file("a/broken.pdf", None, state="failed", reason="It is broken."))
    view = seen(index, "b")

    assert view.documents() == []
    assert view.document(doc.id) is None
    assert view.chunks([chunk.id for chunk in chunks]) == []
    assert not index.shows_picture(chunks[1].image.id, collections=("b",))
    assert [r.sources for r in seen(index, "a").documents()] == [("a/x.txt",), ("a/broken.pdf",)]


def test_a_stored_picture_is_found_by_who_sees_its_document_or_brought_it(index):
    pixels = np.zeros((8, 8, 3), dtype=np.uint8)
    ann, bob = seen(index, "a"), seen(index, owner="bob")
    image = ann.assets.put(pixels)

    assert ann.assets.find(image.id) is not None
    assert bob.assets.find(image.id) is None

    doc = make_document("snow", source="b/x.txt")
    chunk = make_picture_chunk(doc, phash=image.phash)
    held = replace(chunk, image=image)
    put_document(index, doc, [held])
    assert seen(index, "b", owner="eve").assets.find(image.id) is not None
    assert bob.assets.find(image.id) is None


def test_conversations_are_their_owners_alone(index):
    ann, bob = (seen(index, "a", owner=name).conversations for name in ("ann", "bob"))
    ann.put("1", Exchange(id="e", question="How deep?"))
    bob.put("1", Exchange(id="e", question="Mine now?"))
    bob.put("1", Exchange(id="f", question="Beside it?"), after="")
    bob.rename("1", "stolen")
    bob.delete("1")

    assert bob.records() == []
    assert bob.get("1") == []
    assert bob.record("1") is None
    assert (bob.versions("1"), bob.go_to("1", "e"), bob.exchange("1", "e")) == ({}, False, None)
    assert len(ann.get("1")) == 1
    assert not bob.rename("1", "stolen")
    assert [(r.id, r.name) for r in ann.records("deep")] == [("1", "How deep?")]
    assert index.conversations.records() == []


def test_reports_are_their_owners_alone_and_all_are_evaluated(index):
    chunk = make_chunks(make_document("snow", source="a/x.txt"))[0]
    ann, bob = seen(index, "a"), seen(index, "a", owner="bob")
    exchange = Exchange(id="e", question="How deep?", answer=an_answer("2 m. [1]", chunk))
    report_id = ann.reports.put("1", "e", [exchange], cited=cited_json)

    assert bob.reports.of("1") == []
    assert not bob.reports.correct(report_id, right="3 m", absent=False)
    bob.reports.withdraw(report_id)
    assert [report.id for report in ann.reports.of("1")] == [report_id]
    assert [report.id for report in index.reports.all()] == [report_id]


def test_an_answer_from_documents_that_are_kept_from_its_owner_now_is_withheld(index):
    _, chunks = put(index, "snow lay deep", "a/x.txt")
    answer = an_answer("Snow lay deep. [1]", chunks[0], query=Query(text="How deep?"))
    seen(index, "a").conversations.put("1", Exchange(id="e", question="How deep?", answer=answer))

    (then,) = seen(index, "a").conversations.get("1")
    (now,) = seen(index, "b").conversations.get("1")
    assert then.answer.text == "Snow lay deep. [1]"
    assert (now.answer.text, now.answer.citations) == (WITHHELD, ())

    index.remove_sources(["a/x.txt"])  # its words are as secret as before
    (gone,) = seen(index, "b").conversations.get("1")
    (own,) = seen(index, "a").conversations.get("1")
    assert (gone.answer.text, own.answer.text) == (WITHHELD, "Snow lay deep. [1]")


def test_a_search_of_conversations_tells_no_word_of_a_withheld_answer(index):
    _, (chunk,) = put(index, "snow lay deep", "a/x.txt")
    _, (open_chunk,) = put(index, "rain fell long", "b/y.txt")
    ann = seen(index, "a", "b").conversations
    deep = an_answer("Snow lay DEEP. [1]", chunk)
    long = an_answer("Rain fell long. [1]", open_chunk, standalone_query="How deep was rain?")
    ann.put("1", Exchange(id="e", question="How much snow?", answer=deep))
    ann.put("1", Exchange(id="f", question="And rain?", answer=long))
    now = seen(index, "b").conversations
    searched = ("deep", "you may not see", "snow", "RAIN fell", "snow deep", "")

    assert [len(ann.records(words)) for words in searched] == [1, 0, 1, 1, 1, 1]
    assert [len(now.records(words)) for words in searched] == [0, 0, 1, 1, 0, 1]
    assert now.get("1")[1].answer.text == "Rain fell long. [1]"
    assert now.get("1")[1].answer.standalone_query == ""


def test_a_report_tells_nothing_of_documents_that_are_kept_from_its_owner_now(index):
    _, (chunk,) = put(index, "snow lay deep", "a/x.txt")
    _, (open_chunk,) = put(index, "rain fell long", "b/y.txt")
    exchanges = [
        Exchange(id="e", question="Snow?", answer=an_answer("Snow lay deep. [1]", chunk)),
        Exchange(id="f", question="Rain?", answer=an_answer("Rain fell long. [1]", open_chunk)),
    ]
    reports = seen(index, "a", "b").reports
    for key in ("e", "f"):
        reports.correct(
            reports.put("1", key, exchanges, cited=cited_json), right="Mine", absent=False
        )
    reports.put("2", "f", exchanges[1:], cited=cited_json)

    now = seen(index, "b").reports.of("1")
    assert [(report.answer, report.right) for report in now] == 2 * [(WITHHELD, "Mine")]
    assert "deep" not in repr(now)
    assert "x.txt" not in repr(now)
    assert [report.answer for report in seen(index, "b").reports.of("2")] == ["Rain fell long. [1]"]
    assert "deep" in repr(reports.of("1"))


def test_only_who_sees_everything_removes(index):
    put(index, "snow", "a/x.txt")

    with pytest.raises(PermissionError):
        seen(index, "a").remove_sources(["a/x.txt"])
    index.seen_by(owner="bob", collections=None).remove_sources(["a/x.txt"])
    assert index.documents() == []


@pytest.mark.parametrize("collections", [None, ("a",), ("b",), (".",)])
def test_documents_are_counted_as_they_are_listed(index, collections):
    put(index, "Rime grows.", "a/one.txt", "b/copy.txt")
    put(index, "Snow falls.", "b/two.txt")
    for name in ("a/x.pdf", "a/y.pdf", "b/z.pdf"):
        index.fail(make_file(name, None, state="failed", reason="No."))

    records = index.documents(collections=collections)
    tally = index.tally(most=1, collections=collections)

    failed = [record for record in records if record.state == "failed"]
    assert (tally.ready, tally.failed) == (len(records) - len(failed), len(failed))
    assert list(tally.first_failed) == failed[:1]
