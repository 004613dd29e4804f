"""What is to be known of a format to tell it, to read it and to name it: a value of `formats`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

IN_MAIL: Final = "Date:"
IN_EXIF: Final = "Exif"
IN_SUMMARY: Final = "SummaryInformation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One format; what it lacks is empty. Functions and classes are named "module:name"."""

    media_type: str
    name: str
    """What people call a file of it: "PDF", "Picture". Several formats may share it."""

    family: str
    """What people call it together with others; docs/reference/formats.md tells of each."""

    parser: str
    suffixes: tuple[str, ...] = ()
    """In small letters, the usual one first."""

    called: str = ""
    """What a file of these suffixes should be: "a PDF". Empty for kinds of text."""

    mark: re.Pattern[bytes] | None = None
    """What a file begins with."""

    mark_within: int = 0
    """Before which byte the mark may stand in files that are not named as text."""

    brands: tuple[bytes, ...] = ()
    """Of ISO 14496-12 `ftyp`."""

    ole_streams: tuple[str, ...] = ()
    """Names of streams in a compound file, one of which tells it."""

    ole_first: tuple[str, ...] = ()
    """What names in the first sector of a compound file's directory begin with."""

    package: frozenset[str] = frozenset()
    """Members and folders ("word/") that a zip archive of it has."""

    is_open_document: bool = False
    """Its zip archive has a member `mimetype` that begins with the media type."""

    is_text: bool = False
    """Its suffixes tell it where no mark does."""

    shares_suffix: bool = False
    """Its suffixes are those of other kinds of text as well: the content is asked first."""

    opening: re.Pattern[str] | None = None
    """What a text of it begins with."""

    roots: tuple[str, ...] = ()
    """Names of the first element, in small letters, of markup of it."""

    decompressor: str = ""
    """What opens the one file that is packed in it, as `gzip.open` does."""

    opener: str = ""
    """What yields the files that it holds: `ingest.archives.entry.Opener`."""

    dated: str = ""
    """Where its own day stands: the head of a mail, Exif, the summary in a compound file, or the
    member of its archive (the end of the name) that tells about the document."""
