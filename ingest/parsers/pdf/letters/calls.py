"""pdfium's functions that are asked of each letter and each thing of a page, at half the price.

pypdfium2 makes an object of every pointer that goes in or out; here pointers are plain numbers
(what pypdfium2 made may still be given), and 0 or None is none. The interpreter's lock is kept, as
each call takes less than a microsecond. Hold `PDFIUM` around every call: answers pass through
memory that all share.
"""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Sequence
from itertools import repeat
from typing import Any, Final

import numpy as np
import pypdfium2.raw as pdfium_c
from numpy.typing import DTypeLike, NDArray

from ingest.parsers.pdf.letters.geometry import IDENTITY, Matrix

Pdfium = Any
"""What pypdfium2 and ctypes make, which bring no types: a page, a document, a function."""

_POINTER: Final = ctypes.c_void_p
_ADDRESS: Final = ctypes.c_size_t  # 0 for none, where _POINTER gives None
_INT: Final = ctypes.c_int
_UINT: Final = ctypes.c_uint


def _quick(name: str, *takes: Pdfium, gives: Pdfium = _INT) -> Pdfium:
    address = ctypes.cast(getattr(pdfium_c, name), _POINTER).value
    return ctypes.PYFUNCTYPE(gives, *takes)(address or 0)


count_objects: Final = _quick("FPDFPage_CountObjects", _POINTER)
object_at: Final = _quick("FPDFPage_GetObject", _POINTER, _INT, gives=_POINTER)
count_parts: Final = _quick("FPDFFormObj_CountObjects", _POINTER)
part_at: Final = _quick("FPDFFormObj_GetObject", _POINTER, ctypes.c_ulong, gives=_POINTER)
kind_of: Final = _quick("FPDFPageObj_GetType", _POINTER)
bounds_into: Final = _quick("FPDFPageObj_GetBounds", *[_POINTER] * 5)
_matrix_into: Final = _quick("FPDFPageObj_GetMatrix", _POINTER, _POINTER)
fill_colour_into: Final = _quick("FPDFPageObj_GetFillColor", *[_POINTER] * 5)
stroke_colour_into: Final = _quick("FPDFPageObj_GetStrokeColor", *[_POINTER] * 5)
_stroke_width_of: Final = _quick("FPDFPageObj_GetStrokeWidth", _POINTER, _POINTER)
is_blended: Final = _quick("FPDFPageObj_HasTransparency", _POINTER)
clip_of: Final = _quick("FPDFPageObj_GetClipPath", _POINTER, gives=_POINTER)
count_clips: Final = _quick("FPDFClipPath_CountPaths", _POINTER)
count_clip_points: Final = _quick("FPDFClipPath_CountPathSegments", _POINTER, _INT)
clip_point: Final = _quick("FPDFClipPath_GetPathSegment", _POINTER, _INT, _INT, gives=_ADDRESS)
count_marks: Final = _quick("FPDFPageObj_CountMarks", _POINTER)
mark_at: Final = _quick("FPDFPageObj_GetMark", _POINTER, ctypes.c_ulong, gives=_ADDRESS)
mark_name: Final = _quick("FPDFPageObjMark_GetName", _POINTER, _POINTER, ctypes.c_ulong, _POINTER)
draw_modes_into: Final = _quick("FPDFPath_GetDrawMode", _POINTER, _POINTER, _POINTER)
count_points: Final = _quick("FPDFPath_CountSegments", _POINTER)
point_at: Final = _quick("FPDFPath_GetPathSegment", _POINTER, _INT, gives=_POINTER)
point_kind: Final = _quick("FPDFPathSegment_GetType", _POINTER)
_point_into: Final = _quick("FPDFPathSegment_GetPoint", _POINTER, _POINTER, _POINTER)
render_mode: Final = _quick("FPDFTextObj_GetTextRenderMode", _POINTER)
font_of: Final = _quick("FPDFTextObj_GetFont", _POINTER, gives=_POINTER)
set_active: Final = _quick("FPDFPageObj_SetIsActive", _POINTER, _INT)
count_letters: Final = _quick("FPDFText_CountChars", _POINTER)
is_unmapped: Final = _quick("FPDFText_HasUnicodeMapError", _POINTER, _INT)
letter_code: Final = _quick("FPDFText_GetUnicode", _POINTER, _INT, gives=_UINT)
letter_cell: Final = _quick("FPDFText_GetLooseCharBox", _POINTER, _INT, _POINTER)
letter_matrix: Final = _quick("FPDFText_GetMatrix", _POINTER, _INT, _POINTER)
letter_size: Final = _quick("FPDFText_GetFontSize", _POINTER, _INT, gives=ctypes.c_double)
letter_owner: Final = _quick("FPDFText_GetTextObject", _POINTER, _INT, gives=_ADDRESS)

_MAX_PARTS: Final = 16
_NAME: Final = struct.Struct("=16sQ").unpack_from
_MEMORY: Final = ctypes.create_string_buffer(24)
_PLACES: Final = tuple(ctypes.addressof(_MEMORY) + 4 * n for n in range(6))
_TWO_PLACES: Final = _PLACES[:2]
_TWO_FLOATS: Final = struct.Struct("=2f").unpack_from
_SIX_FLOATS: Final = struct.Struct("=6f").unpack_from


def address_of(thing: Pdfium) -> int:
    """Return a pointer as a number, which is passed on faster."""
    return ctypes.cast(thing, _POINTER).value or 0


def table(rows: int, columns: int, kind: DTypeLike = np.float32) -> tuple[NDArray[Any], range]:
    """Return (rows, columns) for pdfium to write to, and the address of each row."""
    made = np.zeros((rows, columns), dtype=kind)
    begin, step = made.ctypes.data, columns * made.itemsize
    return made, range(begin, begin + rows * step, step)


def answers(
    function: Pdfium, handles: Sequence[int], columns: int, kind: DTypeLike
) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """Return (things, columns): what a function tells of each, and whether it does."""
    values, rows = table(len(handles), columns, kind)
    places = [
        range(rows.start + n * values.itemsize, rows.stop + n * values.itemsize, rows.step)
        for n in range(columns)
    ]
    return values, np.fromiter(map(function, handles, *places), dtype=bool, count=len(handles))


def parts(
    count: Pdfium, part_at: Pdfium, handles: Sequence[int], *more: int
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return (things, most): addresses of the parts of each, -1 for none, and who has more."""
    counts = np.fromiter(map(count, handles), np.int64, len(handles))
    most = min(max(0, counts.max(initial=0)), _MAX_PARTS)
    found = np.full((len(handles), most), -1, np.int64)
    for n in range(found.shape[1]):
        some = np.flatnonzero(counts > n)
        holding = [handles[k] for k in some.tolist()]
        addresses = map(part_at, holding, repeat(n), *map(repeat, more))
        found[some, n] = np.fromiter(addresses, np.int64, len(holding))
    return found, counts > _MAX_PARTS


def stroke_width_of(path: Pdfium) -> float:
    return _TWO_FLOATS(_MEMORY)[0] if _stroke_width_of(path, _PLACES[0]) else 0.0


def place_of(point: Pdfium) -> tuple[float, ...]:
    """Return x and y of a path's point."""
    _point_into(point, *_TWO_PLACES)
    return _TWO_FLOATS(_MEMORY)


def matrix_of(thing: Pdfium) -> Matrix:
    """Return the matrix that maps a thing to what holds it."""
    return _SIX_FLOATS(_MEMORY) if _matrix_into(thing, _PLACES[0]) else IDENTITY


def is_named(mark: int, name: bytes) -> bool:
    """Whether a mark has a name, given in UTF-16 with its end, of 16 bytes at most."""
    mark_name(mark, _MEMORY, 16, _PLACES[4])
    letters, length = _NAME(_MEMORY)
    return bool(length == len(name) and letters[:length] == name)
