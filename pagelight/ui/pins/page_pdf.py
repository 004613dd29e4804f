"""Blocks as a PDF, set by Typst in its own fonts and those of the machine."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import typst
from PIL import Image

from pagelight.ui.html.language import spoken
from pagelight.ui.pins.answer_blocks import Block
from pagelight.ui.templating import printable

PDF: Final = "application/pdf"
MAX_PICTURE_PX: Final = 1600
_TEMPLATE: Final = Path(__file__).parents[1] / "templates" / "answers.typ"


def as_pdf(title: str, blocks: Iterable[Block]) -> bytes:
    """Return a PDF whose words can be searched; pictures are `MAX_PICTURE_PX` at most."""
    with TemporaryDirectory(prefix="pagelight-pdf-") as name:
        folder = Path(name)
        main = folder / "answers.typ"
        main.write_bytes(_TEMPLATE.read_bytes())
        values = [_values_of(block, folder, number) for number, block in enumerate(blocks)]
        data = {"title": printable(title), "language": spoken(), "blocks": values}
        (folder / "answers.json").write_text(json.dumps(data), "utf-8")
        return typst.compile(main, root=folder, format="pdf")


def _values_of(block: Block, folder: Path, number: int) -> dict[str, object]:
    """Return a block for the template; its picture lies in the folder, by its name."""
    values = asdict(block) | {"picture": ""}
    if block.picture:
        values["picture"] = f"{number}.png"
        with Image.open(io.BytesIO(block.picture)) as image:
            image.thumbnail((MAX_PICTURE_PX, MAX_PICTURE_PX))
            image.convert("RGB").save(folder / f"{number}.png")
    return values
