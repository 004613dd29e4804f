"""SVG drawings: read and drawn; nothing in them runs or leads out."""

import pytest
from builders_office import parse_text, picture_bytes, told

from rag.storage.images.assets import AssetStore

NAMES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'


def read(folder, inside, *, size='width="200" height="100"'):
    return parse_text(folder, "a.svg", f"<svg {NAMES} {size}>{inside}</svg>")


def drawn(folder, document):
    (figure,) = [e for e in document.elements if e.role == "figure"]
    return AssetStore(folder / ".assets", megapixels=100).pixels(figure.image)


def test_a_drawing_is_a_picture_with_its_words(tmp_path):
    inside = (
        "<title>Mill</title><desc>The plan</desc><rect width='200' height='100' fill='#f00'/>"
        "<text x='9' y='9'>Wheel <tspan>12 m</tspan></text><script>alert('4417')</script>"
    )

    document = read(tmp_path, inside)

    assert told(document) == [("title", "Mill"), ("figure", "The plan\nWheel 12 m")]
    assert (document.title, document.page_count) == ("Mill", 1)
    assert document.pending
    assert drawn(tmp_path, document)[300, 600].tolist() == [255, 0, 0]


@pytest.mark.parametrize("attribute", ["href", "xlink:href"])
def test_a_picture_that_lies_outside_is_not_drawn(tmp_path, attribute):
    (tmp_path / "secret.png").write_bytes(picture_bytes(200, 100))
    address = tmp_path / "secret.png"
    outer = f"<image {attribute}='{address}' width='200' height='100'/>"
    outer += f"<image {attribute}='file://{address}' width='200' height='100'/>"
    outer += f"<style>rect {{fill: url('{address}#a')}}</style>"

    document = read(tmp_path, f"{outer}<rect width='5' height='5'/>")

    assert drawn(tmp_path, document)[:, 100:].min() == 255


WITHIN = "<g>" * 240 + "<text>Wheel</text>" + "</g>" * 240
USED = "".join(f"<g id='a{n}'><use href='#a{n + 1}'/></g>" for n in range(300))
FILLED = "".join(
    f"<pattern id='a{n}' width='5' height='5'><rect width='5' height='5' fill='url(#a{n + 1})'/>"
    "</pattern>"
    for n in range(500)
)


@pytest.mark.parametrize("deep", [WITHIN, USED, f"{FILLED}<rect fill='url(#a0)'/>"])
def test_parts_too_deep_within_each_other_are_read_and_not_drawn(tmp_path, deep):
    document = read(tmp_path, f"{deep}<text>Wheel</text>")

    assert "too deep" in document.warnings[0]
    assert "Wheel" in told(document)[0][1]


def test_what_many_parts_use_is_drawn(tmp_path):
    uses = "".join(f"<use href='#a' x='{n}'/>" for n in range(0, 200, 10))

    document = read(tmp_path, f"<g id='a'><rect width='10' height='100' fill='#f00'/></g>{uses}")

    assert drawn(tmp_path, document)[300, 1500].tolist() == [255, 0, 0]


@pytest.mark.parametrize(
    "size", ['width="1e9" height="1e9"', 'width="0"', 'width="1" height="1e6"']
)
def test_a_drawings_own_size_is_not_believed(tmp_path, size):
    document = read(tmp_path, "<text>Wheel</text>", size=size)

    assert "Wheel" in str(told(document))
