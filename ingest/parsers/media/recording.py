"""Films and sound recordings: what is said and shown, each with its time.

What is said is read from subtitles in the recording or beside it. Knows which parts make a
document; what a file holds is read by `container`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Final

from av.container import InputContainer
from msgspec import structs

from ingest.parsers.base.dates import day_in
from ingest.parsers.base.elements import (
    document_of,
    figure_element,
    line_provenances,
    meaningful_title,
    one_line,
)
from ingest.parsers.base.pictures import LocalFiles, Pictures
from ingest.parsers.media import container
from ingest.parsers.media.film import Budget, Film, still_pictures
from ingest.parsers.media.subtitles import (
    LENGTH,
    MAX_CUES,
    NOTHING_HEARD,
    SUBTITLED,
    Cue,
    by_time,
    changes_in,
    in_order,
    paragraphs,
    sidecar_cues,
)
from rag.clock import clock
from rag.datamodel import FULL_PAGE, Document, Element, Provenance, SourceFile
from rag.errors import SourceError
from rag.protocols import Assets
from rag.settings import Settings

FACTS: Final = ("artist", "author", "album", "show", "description", "comment")
"""What is kept of the metadata, by FFmpeg's names."""

FILM_SHARE: Final = 0.8
"""Of the seconds that a file may take, those for its pictures."""

MAX_SCENES: Final = 500
LONGEST_FACT: Final = 2000


def parse_recording(file: SourceFile, assets: Assets, *, settings: Settings) -> Document:
    """Read words and pictures. Raises SourceError or LimitError.

    A recording that can't be read, but has subtitles beside it, is told by those.
    """
    local = LocalFiles(file, settings=settings)
    said = sidecar_cues(file, local)
    reading = _Recorded(cues=said, settings=settings)
    try:
        with container.opened(file) as media:
            reading.read(media, assets)
    except SourceError as error:
        if not said:
            raise
        reading.warn(f"the recording itself could not be read ({error})")
    return replace(reading.document(file), companions=local.companions)


@dataclass(slots=True, kw_only=True)
class _Recorded:
    """One recording under work: what was found in it so far."""

    cues: list[Cue]
    settings: Settings
    title: str = ""
    dated: str = ""
    facts: list[str] = field(default_factory=list)
    chapters: list[Element] = field(default_factory=list)
    pictures: list[Element] = field(default_factory=list)
    shown: list[Element] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def max_s(self) -> float:
        return self.settings.recording_hours * 3600

    def warn(self, what: str) -> None:
        self.warnings.append(what)

    def read(self, media: InputContainer, assets: Assets) -> None:
        self._facts(media)
        for title, start_s, end_s in container.chapters(media):
            if start_s < self.max_s:
                place = Provenance(span=(0, len(title)), start_s=start_s, end_s=end_s)
                made = Element(role="heading", text=title, level=1, provenances=(place,))
                self.chapters.append(made)
        covers = Pictures(assets)
        for data in container.covers(media):
            self.pictures += covers.figure(data)
        self.warnings += covers.warnings
        if not self.cues:
            self._subtitles(media)
        self._film(media, assets)
        if media.streams.audio:
            self.warn(SUBTITLED if self.cues else NOTHING_HEARD)

    def document(self, file: SourceFile) -> Document:
        cues = in_order(self.cues)
        if len(cues) > MAX_CUES:
            self.warn(f"only the first {MAX_CUES:,} of its subtitles were read")
        cues = [cue for cue in cues[:MAX_CUES] if cue.start_s < self.max_s]
        changes = changes_in((*self.chapters, *self.shown))
        facts = "\n".join(self.facts)  # their place is the beginning
        places = tuple(structs.replace(p, start_s=0.0) for p in line_provenances(facts))
        about = [Element(role="paragraph", text=facts, provenances=places)] if facts else []
        timed = by_time(self.chapters, self.shown, paragraphs(cues, changes=changes))
        elements = [*about, *self.pictures, *timed]
        return document_of(
            file, elements, title=self.title, warnings=self.warnings, dated=self.dated
        )

    def _facts(self, media: InputContainer) -> None:
        metadata = {key.lower(): value for key, value in media.metadata.items()}
        self.title = meaningful_title(metadata.get("title"))
        self.dated = day_in(metadata.get("creation_time", "") or metadata.get("date", ""))
        length_s = container.duration_s(media)
        if length_s is not None:
            self.facts.append(f"{LENGTH}{clock(length_s)}")
            if length_s > self.max_s:
                self.warn(
                    f"it plays for {clock(length_s)}; only the first {clock(self.max_s)} were "
                    "read; raise RAG_RECORDING_HOURS"
                )
        for key in FACTS:
            if value := one_line(metadata.get(key, ""))[:LONGEST_FACT]:
                self.facts.append(f"{key.capitalize()}: {value}")

    def _subtitles(self, media: InputContainer) -> None:
        """Take the words of the first subtitles that are words; say which others there are."""
        found = media.streams.subtitles
        tracks = [each for each in found if each.codec_context.codec.text_sub]
        if len(tracks) < len(found):  # as those of discs
            self.warn("subtitles that are pictures were not read")
        if not tracks:
            return
        chosen = max(tracks, key=lambda each: bool(each.disposition & each.disposition.default))
        self.cues = list(islice(container.cues_of(media, chosen), MAX_CUES + 1))
        others = [each.language or "an unnamed language" for each in tracks if each is not chosen]
        if others:
            self.warn(f"of {len(tracks)} subtitles one was read, not those in {', '.join(others)}")

    def _film(self, media: InputContainer, assets: Assets) -> None:
        stream = container.film(media)
        if stream is None:
            return
        max_pixels = self.settings.image_megapixels * 1_000_000
        budget = Budget(FILM_SHARE * self.settings.file_seconds)
        duration_s = container.duration_s(media)
        length_s = min(self.max_s, duration_s or self.max_s)
        film = Film(media, stream, until_s=self.max_s, length_s=length_s, max_pixels=max_pixels)
        samples = film.samples(budget)
        end_s = min(self.max_s, duration_s or film.looked_s)
        found = still_pictures(samples, end_s=end_s)
        for showings in found[:MAX_SCENES]:
            pixels = film.picture(showings[0].at_s)
            if pixels is not None:
                places = tuple(  # each time that it is shown
                    Provenance(bbox=FULL_PAGE, start_s=each.start_s, end_s=each.end_s)
                    for each in showings
                )
                figure = figure_element(assets.put(pixels))
                self.shown.append(replace(figure, provenances=places))
        self._warn_of(film, budget, len(found), end_s)

    def _warn_of(self, film: Film, budget: Budget, found: int, end_s: float) -> None:
        if film.too_large:
            self.warn(
                f"its pictures of {film.too_large} pixels were not looked at; raise "
                "RAG_IMAGE_MEGAPIXELS"
            )
        elif budget.is_spent():
            self.warn(
                f"of its {clock(end_s)} the first {clock(min(film.looked_s, end_s))} were looked "
                "at, and in places only roughly; raise RAG_FILE_SECONDS"
            )
        if found > MAX_SCENES:
            self.warn(f"only the first {MAX_SCENES} of {found} pictures in it were kept")
        if film.faults:
            self.warn("parts of its pictures are damaged or too large, and left out")
