"""Values survive the way to bytes and back, whatever they hold."""

from hypothesis import given
from hypothesis import strategies as st

from rag.datamodel import BBox, Element, ImageAsset, Provenance
from rag.storage.documents import codec

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
