"""Pictures on disk, each under the hash of its encoded bytes, and safe decoding of strange ones.

Everything stored was encoded here: what a file hid beside its pixels (metadata, scripts, later
frames) is left behind. Rows of long tables, which parsers hand over as well, go to their own store.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import struct
import threading
import warnings
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from rag.datamodel import ImageAsset
from rag.number_forms import decimal_mark
from rag.protocols import Pixels
from rag.storage.files.folder import write_whole
from rag.storage.tables.table_store import FOLDER as TABLES
from rag.storage.tables.table_store import TableStore, TableToKeep

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

FOLDER: Final = "assets"
"""In a workspace."""

FORMATS: Final = ("PNG", "JPEG", "WEBP", "TIFF", "BMP", "GIF", "AVIF")
"""What is decoded. Pillow's rarer decoders are not offered to strangers' files."""

JPEG_QUALITY: Final = 90
PHOTOGRAPH_SHARE: Final = 0.8
"""A pixel of a drawing has its neighbour's colour more often than this (0.82-0.96 on charts and
screenshots, 0.1-0.78 on photographs and scans: there JPEG is 2-7 times smaller than PNG)."""

SAMPLED_ROWS: Final = 200
_SUFFIX: Final = {"image/png": ".png", "image/jpeg": ".jpg"}
_ID: Final = re.compile(r"[0-9a-f]{64}")
_DECODER_ERRORS: Final = (
    OSError,
    SyntaxError,  # Pillow's word for a broken PNG
    ValueError,
    EOFError,
    IndexError,
    KeyError,
    TypeError,
    OverflowError,
    ZeroDivisionError,
    struct.error,
    Image.DecompressionBombError,
)
_decoder_lock = threading.Lock()


class TooManyPixelsError(OSError):
    """Raised for a picture that declares more pixels than may be decoded."""


class CutOffPictureError(OSError):
    """Raised for a picture whose end is missing; its visible part may be asked for."""


def decode(data: bytes, *, megapixels: int, frame: int = 0, cut_off: bool = False) -> Pixels:
    """Decode one frame of an encoded picture, upright, as RGB on white.

    Sizes are checked before any pixel is decoded. With `cut_off`, a picture whose end is missing
    is decoded as far as it goes. Raises TooManyPixelsError, CutOffPictureError, and OSError for
    anything that is not a picture of one of `FORMATS`.
    """
    with _strangers_picture(megapixels, cut_off=cut_off), _opened(data) as picture:
        if frame:
            picture.seek(frame)
        width_px, height_px = picture.size
        if width_px * height_px > megapixels * 1_000_000:
            raise TooManyPixelsError(
                f"The picture has {width_px} x {height_px} pixels, over {megapixels} megapixels."
            )
        return _as_rgb(ImageOps.exif_transpose(picture))


def count_frames(data: bytes) -> int:
    """Return how many frames (pages of a TIFF) an encoded picture has; OSError as `decode`."""
    with _strangers_picture(0, cut_off=False), _opened(data) as picture:
        return int(getattr(picture, "n_frames", 1))


@contextmanager
def _strangers_picture(megapixels: int, *, cut_off: bool) -> Iterator[None]:
    """Turn all that a decoder raises into this module's errors."""
    with _decoder_lock, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the decoders' remarks on odd metadata; sizes: below
        ImageFile.LOAD_TRUNCATED_IMAGES = cut_off
        try:
            yield
        except TooManyPixelsError:
            raise
        except Image.DecompressionBombError as error:
            raise TooManyPixelsError(f"The picture is over {megapixels} megapixels.") from error
        except _DECODER_ERRORS as error:
            kind = CutOffPictureError if "truncated" in str(error).lower() else OSError
            reason = str(error).rstrip(".") or type(error).__name__
            if isinstance(error, UnidentifiedImageError):
                reason = "it is of no format that is read, or its header is broken"
            raise kind(f"The picture can't be decoded: {reason}.") from error
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = False


def _opened(data: bytes) -> Picture:
    is_iso = data[4:8] == b"ftyp"  # ISO media: AVIF, or HEIC, which Pillow reads with a plugin
    if is_iso:
        _register_heif()
    return Image.open(io.BytesIO(data), formats=(*FORMATS, "HEIF") if is_iso else FORMATS)


@cache
def _register_heif() -> None:
    from pillow_heif import register_heif_opener  # noqa: PLC0415 - only for HEIC pictures

    register_heif_opener(thumbnails=False)


def _as_rgb(picture: Picture) -> Pixels:
    if picture.mode in {"I", "F"} or picture.mode.startswith("I;16"):
        return _eight_bit(np.asarray(picture, dtype=np.float32))
    if picture.has_transparency_data:
        layer = picture.convert("RGBA")
        white = Image.new("RGBA", layer.size, "white")
        picture = Image.alpha_composite(white, layer)
    return np.asarray(picture.convert("RGB"), dtype=np.uint8)


def _eight_bit(grey: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> Pixels:
    """Bring a deep grey picture to 8 bits: 16-bit ones by their scale, others by their range."""
    finite = np.nan_to_num(grey)
    low, high = (0.0, 65535.0) if finite.max() > 1 else (0.0, 1.0)
    if finite.min() < low or finite.max() > high:
        low, high = float(finite.min()), float(finite.max())
    scaled = (finite - low) * (255.0 / (high - low))
    return np.repeat(scaled.round().astype(np.uint8)[:, :, None], 3, axis=2)


def encode(pixels: Pixels) -> tuple[bytes, str]:
    """Return PNG bytes, or JPEG for a photograph, and the media type."""
    rows = pixels[:: max(1, pixels.shape[0] // SAMPLED_ROWS)]
    same = (rows[:, 1:] == rows[:, :-1]).all(axis=2)
    is_photograph = same.size and same.mean() < PHOTOGRAPH_SHARE
    buffer, kind = io.BytesIO(), "JPEG" if is_photograph else "PNG"
    Image.fromarray(pixels).save(buffer, kind, quality=JPEG_QUALITY)  # which PNG has not
    return buffer.getvalue(), f"image/{kind.lower()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPicture:
    """A picture in a store, its path there, and when it was last put (since 1970)."""

    id: str
    path: str
    size_bytes: int
    changed_s: float


Goes = Callable[[str, float], bool]
"""Tells by a picture's id, and the time of its last put (since 1970), whether it is to go."""

ReadPicture = Callable[[Path], Pixels]
"""Decodes a picture that lies on disk. Raises OSError."""


class AssetStore:
    """The `Assets` protocol over one folder, alone. Safe for several processes at once."""

    def __init__(
        self, root: Path, *, megapixels: int, read_picture: ReadPicture | None = None
    ) -> None:
        """`read_picture` decodes what is stored; None: this process does."""
        self._root = root
        self._megapixels = megapixels
        self.read_picture = read_picture or (
            lambda path: decode(path.read_bytes(), megapixels=megapixels)
        )
        self._tables = TableStore(root.parent / TABLES)

    def put(self, pixels: Pixels) -> ImageAsset:
        """Store pixels; the same pixels twice are stored once."""
        import imagehash  # noqa: PLC0415 - brings SciPy, which a search for words never needs

        data, media_type = encode(pixels)
        digest = hashlib.sha256(data).hexdigest()
        asset = ImageAsset(
            id=digest,
            path=f"{digest[:2]}/{digest[2:]}{_SUFFIX[media_type]}",
            media_type=media_type,
            width_px=pixels.shape[1],
            height_px=pixels.shape[0],
            phash=str(imagehash.phash(Image.fromarray(pixels))),  # of 64 bits, in hex
        )
        path, is_whole = self._root / asset.path, False
        with suppress(FileNotFoundError):
            is_whole = path.stat().st_size == len(data)  # a power cut may leave an empty one
            os.utime(path)  # it counts as put now
        if not is_whole:
            write_whole(path, data)
        return asset

    def stored(self) -> Iterator[StoredPicture]:
        """Yield all that is stored, and beginnings that a killed writer left."""
        for path in self._root.glob("*/*"):
            with suppress(FileNotFoundError):  # a beginning that has just become whole
                status = path.stat()
                yield StoredPicture(
                    id=path.parent.name + path.stem,
                    path=path.relative_to(self._root).as_posix(),
                    size_bytes=status.st_size,
                    changed_s=status.st_mtime,
                )

    def put_encoded(self, data: bytes, *, frame: int = 0, cut_off: bool = False) -> ImageAsset:
        """Decode and store; TooManyPixelsError, CutOffPictureError or OSError as `decode`."""
        return self.put(decode(data, megapixels=self._megapixels, frame=frame, cut_off=cut_off))

    def put_rows(
        self, doc_id: str, text: str, names: Sequence[str], rows: Iterable[Sequence[str]]
    ) -> int:
        """Keep all rows of a table, as `Assets`. Raises as `TableStore.put`."""
        table = TableToKeep(text=text, names=tuple(names), rows=rows, mark=decimal_mark(text))
        return self._tables.put(doc_id, table)

    def pixels(self, image: ImageAsset) -> Pixels:
        """Return what was stored; OSError if the file is gone or damaged."""
        return self.read_picture(self.path_of(image))

    def path_of(self, image: ImageAsset) -> Path:
        """Return the absolute path of the encoded picture."""
        return self._root / image.path

    def find(self, image_id: str) -> tuple[Path, str] | None:
        """Return path and media type of a stored picture; None for an id that is none of ours."""
        for name, media_type in names_of(image_id).items():
            path = self._root / name
            if path.is_file():
                return path, media_type
        return None

    # What `SharedAssets` does otherwise

    address = ""
    """Where the pictures lie for others, too; "" where they lie in the folder alone."""

    def keep(self, images: Iterable[ImageAsset]) -> None:
        """Let pictures, which documents are about to show, lie where all look for them."""

    def keep_stored(self, ids: Callable[[], Collection[str]]) -> int:  # noqa: ARG002 - as above
        """As `keep`, of pictures by their ids that lie in the folder; return how many lacked."""
        return 0

    def bring(self, images: Iterable[ImageAsset]) -> None:
        """Let pictures lie in the folder, for who reads there alone."""

    def is_elsewhere(self, path: str) -> bool:  # noqa: ARG002 - as above
        """Tell whether others, who have folders of their own, find this picture by its path."""
        return False

    def look_again(self) -> None:
        """Forget what is remembered of other places than the folder."""

    def here_alone(self, lacking: Collection[str]) -> set[str]:  # noqa: ARG002 - as above
        """Return those that are `lacking`, yet lie in the folder."""
        return set()

    def lacking(self, wanted: Collection[str]) -> set[str]:
        """Return those of these ids whose picture is not there, or empty, where all look for it."""
        return set(wanted) - {picture.id for picture in self.stored() if picture.size_bytes}

    def sweep(self, goes: Goes) -> int:
        """Delete pictures; return their bytes."""
        going = [one for one in self.stored() if goes(one.id, one.changed_s)]
        for picture in going:
            (self._root / picture.path).unlink(missing_ok=True)
        return sum(picture.size_bytes for picture in going)

    def needless(self, goes: Goes) -> list[int]:
        """Return the bytes of each picture that `sweep` would delete."""
        return [one.size_bytes for one in self.stored() if goes(one.id, one.changed_s)]


def names_of(image_id: str) -> dict[str, str]:
    """Return the paths that a picture may have in a store, and its media types; or none of ours."""
    if not _ID.fullmatch(image_id):
        return {}
    return {f"{image_id[:2]}/{image_id[2:]}{suffix}": kind for kind, suffix in _SUFFIX.items()}
