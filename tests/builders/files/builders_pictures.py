"""Pictures for tests, drawn by code: lettering, receipts, drawings."""

import hashlib
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from rag.datamodel import SourceFile


def lettered(
    lines: Sequence[tuple[str, int, int]],
    *,
    size: tuple[int, int] = (800, 400),
    height_px: int = 28,
) -> np.ndarray:
    """Draw black words on white; each line is (text, left, top) in pixels."""
    picture = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(size=height_px)
    for text, left, top in lines:
        draw.text((left, top), text, fill="black", font=font)
    return np.asarray(picture)


def png(pixels: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def source_file(path: Path, *, media_type: str) -> SourceFile:
    data = path.read_bytes()
    return SourceFile(
        path=str(path),
        source=path.name,
        root=str(path.parent),
        sha256=hashlib.sha256(data).hexdigest(),
        media_type=media_type,
        size_bytes=len(data),
        mtime_ns=0,
    )


def picture_file(folder: Path, pixels: np.ndarray, *, name: str = "picture.png") -> SourceFile:
    path = folder / name
    path.write_bytes(png(pixels))
    return source_file(path, media_type="image/png")
