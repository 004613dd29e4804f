"""What older workspaces hold, byte for byte: it is read, and whatever is written survives."""

import zlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.datamodel import (
    Answer,
    Attachment,
    BBox,
    Chunk,
    Citation,
    Context,
    Element,
    Figure,
    Filters,
    Hit,
    ImageAsset,
    Provenance,
    Query,
    QueryImage,
)
from rag.datamodel.table_queries import TableQuery
from rag.storage.backups.salvage import renewed_body
from rag.storage.conversations.exchange import (
    Exchange,
    encode_answer,
    exchange_body,
    exchange_of,
)
from rag.storage.documents import codec

BOX = BBox(x0=0.1, y0=0.0, x1=0.5, y1=1.0)
PICTURE = ImageAsset(
    id="9f", path="9f.png", media_type="image/png", width_px=40, height_px=30, phash="0" * 16
)
LINES = (
    Provenance(page=2, bbox=BOX, span=(0, 4)),
    Provenance(span=(5, 9), start_s=1.5, end_s=2.0),
)
CHUNK = Chunk(
    id="c1",
    doc_id="d1",
    source="a.pdf",
    ordinal=7,
    role="table",
    text="Snow fell",
    context="a.pdf",
    headings=("One", "Two"),
    image=PICTURE,
    provenances=LINES,
    neighbours=("c2",),
    confidence=0.75,
)
CHUNK_JSON = (
    '{"role":"table","text":"Snow fell","context":"a.pdf","headings":["One","Two"],'
    '"image":["9f","9f.png","image/png",40,30,"0000000000000000"],'
    '"provenances":[[2,[0.1,0.0,0.5,1.0],[0,4],null,null],[null,null,[5,9],1.5,2.0]],'
    '"neighbours":["c2"],"confidence":0.75}'
)

NEAR = replace(CHUNK, id="c2", image=None, provenances=(), neighbours=(), confidence=None)
NEAR_JSON = (
    '{"role":"table","text":"Snow fell","context":"a.pdf","headings":["One","Two"],'
    '"image":null,"provenances":[],"neighbours":[],"confidence":null}'
)
ANSWER = Answer(
    query=Query(
        text="Snow?",
        image=QueryImage(path="q.png", phash="1" * 16, lettering="STOP"),
        attachments=(Attachment(doc_id="d9", name="m.eml", media_type="message/rfc822"),),
        filters=Filters(source_glob="*.pdf", media_types=("text/plain",), within=("a/",)),
        region=NEAR,
    ),
    text="Snow fell. [1]",
    confidence=0.5,
    standalone_query="Did snow fall?",
    citations=(
        Citation(number=1, chunk=CHUNK, span=(11, 14), provenances=LINES[:1], quote="Snow"),
    ),
    figures=(
        Figure(citation=0, caption="c", alt="a", media_type="image/png", page=2, bbox=BOX),
        Figure(citation=0, caption="c", alt="a", image=PICTURE),
    ),
    unresolved=(9,),
    unsupported=((0, 10),),
    table_queries=(TableQuery(plan="the sum of Snow", result="9", cells=(0,)),),
    cells=(Citation(number=1, chunk=CHUNK, span=(0, 0), provenances=LINES[:1], quote="fell"),),
    context=Context(
        hits=(
            Hit(
                chunk=CHUNK,
                score=0.9,
                rank=1,
                channel="fused",
                found_by=(("dense", 2), ("lexical", 1)),
                relevance=0.25,
            ),
        )
    ),
    nearest=(Hit(chunk=NEAR, score=0.5, rank=2, channel="dense"),),
    notes=("By words alone.",),
    timings_s=(("total", 0.5),),
    complete=True,
)
TOLD_JSON = (
    '{"chunks":{"c2":["d1","a.pdf",7,' + NEAR_JSON + '],"c1":["d1","a.pdf",7,' + CHUNK_JSON + "]},"
    '"query":["Snow?",["q.png","1111111111111111","STOP"],'
    '["*.pdf",["text/plain"],["a/"]],"c2",[["d9","m.eml","message/rfc822",null,""]]],'
    '"text":"Snow fell. [1]","answered":true,"closest":false,"confidence":0.5,'
    '"standalone_query":"Did snow fall?",'
    '"citations":[[1,"c1",[11,14],[[2,[0.1,0.0,0.5,1.0],[0,4],null,null]],"Snow"]],'
    '"figures":[{"citation":0,"caption":"c","alt":"a","media_type":"image/png","page":2,'
    '"bbox":[0.1,0.0,0.5,1.0],"image":null},'
    '{"citation":0,"caption":"c","alt":"a","media_type":"","page":null,"bbox":null,'
    '"image":["9f","9f.png","image/png",40,30,"0000000000000000"]}],'
    '"unresolved":[9],"unsupported":[[0,10]],'
    '"context":[["c1",0.9,1,"fused",[["dense",2],["lexical",1]],0.25]],'
    '"nearest":[["c2",0.5,2,"dense",[],null]],'
    '"notes":["By words alone."],"timings_s":[["total",0.5]]'
)
WORKED_JSON = (
    ',"table_queries":[["the sum of Snow","9",[0]]],'
    '"cells":[[1,"c1",[0,0],[[2,[0.1,0.0,0.5,1.0],[0,4],null,null]],"fell"]],"steps":[],"quoted_from":null'
)
ANSWER_JSON = f"{TOLD_JSON}{WORKED_JSON}}}"


def decoded(data):
    return codec.decode_chunk(data, columns=("c1", "d1", "a.pdf", 7, None))


def test_a_chunk_comes_back_as_it_was_stored():
    assert decoded(codec.encode_chunk(CHUNK)) == decoded(CHUNK_JSON.encode()) == CHUNK


def test_an_answer_comes_back_as_it_was_given():
    assert codec.unpacked(encode_answer(ANSWER), Answer) == ANSWER
    asked = replace(ANSWER.query, filters=Filters(collections=("a",)), original="Schnee?")
    kept = codec.unpacked(encode_answer(replace(ANSWER, query=asked, hits=ANSWER.nearest)), Answer)
    assert (kept.query.filters, kept.query.original, kept.hits) == (Filters(), "", ())


def test_an_answer_of_a_former_version_is_the_same():
    former = exchange_body(Exchange(id="e", question="q")) + zlib.compress(ANSWER_JSON.encode())
    assert exchange_of("e", "q", "", renewed_body(former)).answer == ANSWER

    older = ANSWER_JSON.replace('"closest":false,', "").replace(
        ',[["d9","m.eml","message/rfc822",null,""]]', ""
    )
    former = exchange_body(Exchange(id="e", question="q")) + zlib.compress(older.encode())
    assert exchange_of("e", "q", "", renewed_body(former)).answer == replace(
        ANSWER, query=replace(ANSWER.query, attachments=())
    )


@pytest.mark.parametrize(
    ("was", "damaged"),
    [
        ('"role":"table"', '"role":"window"'),
        ("40,30", '"wide",30'),
        ("[0,4]", '["a",4]'),
        ('["One","Two"]', '"One"'),
        ('"confidence":0.75', '"confidence":"sure"'),
    ],
)
def test_a_stored_value_of_another_type_is_refused(was, damaged):
    with pytest.raises(ValueError, match=r".+"):
        decoded(CHUNK_JSON.replace(was, damaged).encode())


ANY_TEXT = st.text(st.characters(), max_size=30)  # lone surrogates and NUL included
FRACTIONS = st.floats(0, 1)


@st.composite
def boxes(draw):
    x = sorted(draw(st.lists(FRACTIONS, min_size=2, max_size=2, unique=True)))
    y = sorted(draw(st.lists(FRACTIONS, min_size=2, max_size=2, unique=True)))
    return BBox(x0=x[0], y0=y[0], x1=x[1], y1=y[1])


@st.composite
def provenances(draw, length):
    span = sorted(draw(st.lists(st.integers(0, length), min_size=2, max_size=2)))
    return Provenance(
        page=draw(st.none() | st.integers(1, 10**6)),
        bbox=draw(st.none() | boxes()),
        span=draw(st.sampled_from([None, (span[0], span[1])])),
        start_s=draw(st.none() | st.floats(0, 1e6)),
        end_s=draw(st.none() | st.floats(0, 1e6)),
    )


IMAGES = st.builds(
    ImageAsset,
    id=ANY_TEXT,
    path=ANY_TEXT,
    media_type=ANY_TEXT,
    width_px=st.integers(0, 10**6),
    height_px=st.integers(0, 10**6),
    phash=st.text("0123456789abcdef", min_size=16, max_size=16),
)


@st.composite
def elements(draw):
    text = draw(ANY_TEXT)
    return Element(
        role=draw(st.sampled_from(["title", "table", "figure"])),
        text=text,
        image=draw(st.none() | IMAGES),
        provenances=tuple(draw(st.lists(provenances(len(text)), max_size=3))),
        level=draw(st.none() | st.integers(1, 6)),
        confidence=draw(st.none() | FRACTIONS),
        pending=True,
    )


@given(st.lists(elements(), max_size=3))
def test_elements_survive(values):
    assert codec.decode_elements(codec.dump(values)) == tuple(values)
