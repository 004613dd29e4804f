"""E-mails (.eml, .msg), pages saved as one file (.mht), calendars, lists of what archives hold.

Of a mail head, body, invitations, pictures. Attachments' names are words, never paths. Attached
pictures belong to the mail; other attachments are named here and read as files of their own. Of
calendars (.ics, and the parts of mails that invite; RFC 5545) what, when, where and who, in words;
no time zone is worked out and no repetition listed: both are told.
"""

from __future__ import annotations

import re
import tempfile
from calendar import day_name
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage, MIMEPart
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Final

from ingest.archives.containers import entries, is_junk, shown_name
from ingest.archives.mailbox import (
    file_name,
    is_attached_file,
    is_invitation,
    leaves,
    part_bytes,
    read_message,
)
from ingest.discovery.encoding import decode_text
from ingest.discovery.formats import MBOX, RTF
from ingest.parsers.base.elements import (
    document_of,
    heading,
    list_element,
    one_line,
    text_element,
)
from ingest.parsers.base.pictures import Pictures
from ingest.parsers.base.unread_parts import unread_note
from ingest.parsers.text.markup import rich_text_elements
from ingest.parsers.text.plain import plain_elements
from ingest.parsers.web.web import page_elements
from rag.datamodel import Document, Element, SourceFile
from rag.protocols import Assets
from rag.settings import Settings

_HEAD: Final = ("From", "To", "Cc", "Date")
_ONE_OF: Final = ("alternative", "related")
_RICH: Final = frozenset({"text/rtf", RTF.media_type})


def parse_mail(file: SourceFile, assets: Assets, *, settings: Settings) -> Document:
    """RFC 5322 through the standard library.

    Outlook's messages as `ingest.archives.outlook` tells them.
    """
    data = file.at.read_bytes()
    message = read_message(data)
    pictures = Pictures(assets)
    subject = _header(message, "Subject")
    title, body = body_elements(message, pictures)
    invitations = filter(is_invitation, leaves(message))
    head = [f"{name}: {words}" for name in _HEAD if (words := _header(message, name))]
    elements = [
        *text_element(subject, "title"),
        *text_element("\n".join(head)),
        *body,
        *(e for part in invitations for e in calendar_elements(_decoded(part))),
        *_attachments(message, pictures),
    ]
    notes = (*pictures.warnings, *unread_note(_unread(message)))
    return document_of(file, elements, subject, title, warnings=notes)


def _unread(message: EmailMessage) -> Iterator[str]:
    """Yield what describes parts that are no text, no picture, and have no name of a file."""
    for part in leaves(message):
        is_shown = part.get_content_maintype() in {"text", "image", "multipart"}
        if not (is_shown or file_name(part) or is_attached_file(part) or _is_rich(part)):
            yield _header(part, "Content-Description") or part.get_content_type()


def _header(message: MIMEPart, name: str) -> str:
    try:
        return one_line(str(message.get(name, "")))
    except (ValueError, TypeError, IndexError, AttributeError):  # the parser's own on odd headers
        return ""


def body_elements(message: EmailMessage, pictures: Pictures) -> tuple[str, list[Element]]:
    """Return the title and elements of the body: its plain texts, else pages, else its RTF."""
    parts = [_text_elements(part, message, pictures) for part in _texts(message)]
    rich = None if parts else next(filter(_is_rich, leaves(message)), None)
    if rich is not None:
        return rich_text_elements(part_bytes(rich), pictures)
    title = next((title for title, _ in parts if title), "")
    return title, [element for _, elements in parts for element in elements]


def _texts(part: MIMEPart) -> Iterator[MIMEPart]:
    """Yield the texts that a mail shows one below the other, of alternatives one."""
    if part.get_content_maintype() == "multipart" and part.get_content_subtype() not in _ONE_OF:
        for inner in part.iter_parts():
            yield from _texts(inner)
        return
    body = part.get_body(preferencelist=("plain", "html"))
    if body is not None and not file_name(part):
        yield body


def _decoded(part: MIMEPart) -> str:
    return decode_text(part_bytes(part), declared=part.get_content_charset())


def _text_elements(
    part: MIMEPart, message: EmailMessage, pictures: Pictures
) -> tuple[str, list[Element]]:
    if part.get_content_type() != "text/html":
        return "", plain_elements(_decoded(part))
    embedded = {
        str(other.get("Content-ID", "")).strip().strip("<>"): other for other in leaves(message)
    }

    def fetch(address: str) -> bytes | None:
        other = embedded.get(address.removeprefix("cid:"))
        return None if other is None else part_bytes(other)

    return page_elements(_decoded(part), fetch=fetch, pictures=pictures)


def _is_rich(part: MIMEPart) -> bool:
    return part.get_content_type() in _RICH and not file_name(part)


def _attachments(message: EmailMessage, pictures: Pictures) -> Iterator[Element]:
    others: list[str] = []
    for part in leaves(message):
        name = one_line(file_name(part))
        is_picture = part.get_content_maintype() == "image"
        if is_invitation(part) or not (name or is_picture):
            continue
        figure = pictures.figure(part_bytes(part)) if is_picture else []
        yield from figure
        if figure:
            yield from text_element(f"Attached picture: {name}" if name else "", "caption")
        elif name:
            others.append(name)
    if others:
        yield from text_element("Attachments: " + ", ".join(others))


NAMES_LISTED: Final = 500
"""More names say nothing more; each file is found by its own."""


def parse_archive_list(file: SourceFile, assets: Assets, *, settings: Settings) -> Document:
    """Names the members of an archive or mailbox, and opens none.

    What lies in them is read as files of their own (`ingest.pipeline.expand`).
    """
    max_bytes = settings.archive_mb * 1_000_000
    held = entries(file, spool=Path(tempfile.gettempdir()), max_bytes=max_bytes)
    shown = (shown_name(entry.name) for entry in held)
    kept = (name for name in shown if name and not is_junk(name))
    names = list(islice(kept, settings.archive_members))
    kind = "mails" if file.media_type == MBOX.media_type else "files"
    title = f"{PurePosixPath(file.source).name} holds {len(names)} {kind}"
    listed = list_element((0, f"- {name}") for name in names[:NAMES_LISTED])
    return document_of(file, [*heading(title, 1), *listed])


_FOLD: Final = re.compile(r"\r?\n[ \t]")
_LINE: Final = re.compile(r'([A-Za-z0-9-]+)((?:;[A-Za-z0-9-]+=(?:"[^"]*"|[^";:])*)*):(.*)')
_PARAMETER: Final = re.compile(r';([A-Za-z0-9-]+)=((?:"[^"]*"|[^";:])*)')
_ESCAPED: Final = re.compile(r"\\(.)")
_DURATION: Final = re.compile(r"\+?P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_EVENTS: Final = ("VEVENT", "VTODO", "VJOURNAL")
_DAYS: Final = {day[:2].upper(): day for day in day_name}
_PERIODS: Final = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}
_UNANSWERED: Final = "needs-action"


@dataclass(frozen=True, slots=True)
class _Line:
    """One line: its value as written, and its parameters by name."""

    value: str
    parameters: dict[str, str]

    @property
    def text(self) -> str:
        return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], self.value)

    @property
    def times(self) -> str:
        """The times of this line in words; what is none, or a span, as it stands."""
        return ", ".join(map(self._moment, self.value.split(",")))

    def _moment(self, value: str) -> str:
        time = _time(value)
        if time is None:
            return value
        return f"{_day(time)} {time:%H:%M}{self.zone(value)}" if "T" in value else _day(time)

    def zone(self, value: str) -> str:
        """Return the zone of one of the times of this line."""
        zone = "UTC" if value.endswith("Z") else self.parameters.get("TZID", "")
        return f" ({zone})" if zone else ""


_Event = dict[str, list[_Line]]
"""The lines of an event or task by name, and the METHOD of the calendar that it stands in."""


def parse_calendar(file: SourceFile, assets: Assets, *, settings: Settings) -> Document:
    """Each event or task is a heading and what is known of it."""
    text = decode_text(file.at.read_bytes())
    elements = calendar_elements(text)
    named = next((line.text for name, line in _lines(text) if name == "X-WR-CALNAME"), "")
    first = elements[0].text if elements else ""
    return document_of(file, elements, named, first)


def calendar_elements(text: str) -> list[Element]:
    """Return the events and tasks of a calendar, in order."""
    elements: list[Element] = []
    for event in _events(text):
        facts = [f"{label}: {words}" for label, words in _facts(event) if words]
        elements += heading(_text(event, "SUMMARY"), 2)
        elements += text_element("\n".join(facts))
        elements += text_element(_text(event, "DESCRIPTION"))
        elements += text_element(_text(event, "COMMENT"))
    return elements


def _lines(text: str) -> Iterator[tuple[str, _Line]]:
    for line in _FOLD.sub("", text).splitlines():
        found = _LINE.fullmatch(line.strip())
        if found:
            parameters = _PARAMETER.findall(found[2])
            named = {name.upper(): value.replace('"', "") for name, value in parameters}
            yield found[1].upper(), _Line(found[3], named)


def _events(text: str) -> Iterator[_Event]:
    """Yield events and tasks; what lies within one (an alarm) is none of its lines."""
    method: list[_Line] = []
    event: _Event | None = None
    inner = 0
    for name, line in _lines(text):
        if event is None:
            method = [line] if name == "METHOD" else method
            event = {"METHOD": method} if name == "BEGIN" and line.value in _EVENTS else None
        elif name in {"BEGIN", "END"}:
            inner += 1 if name == "BEGIN" else -1
            if inner < 0:
                yield event
                event, inner = None, 0
        elif not inner:
            event.setdefault(name, []).append(line)


def _facts(event: _Event) -> Iterator[tuple[str, str]]:
    is_cancelled = _text(event, "METHOD") == "CANCEL"
    yield "Status", "cancelled" if is_cancelled else _text(event, "STATUS").lower()
    yield "When", _span(event)
    yield "Due", _times(event, "DUE")
    yield "Repeats", "; ".join(_rule(line.value) for line in event.get("RRULE", ()))
    yield "Also on", _times(event, "RDATE")
    yield "Not on", _times(event, "EXDATE")
    yield "In place of", _times(event, "RECURRENCE-ID")
    yield "Where", _text(event, "LOCATION")
    yield "Organizer", _people(event, "ORGANIZER")
    yield "Invited", _people(event, "ATTENDEE")
    yield "Address", _text(event, "URL")


def _text(event: _Event, name: str) -> str:
    return next((line.text.strip() for line in event.get(name, ())), "")


def _times(event: _Event, name: str) -> str:
    return ", ".join(line.times for line in event.get(name, ()))


def _span(event: _Event) -> str:
    """Return from when to when; an end on the same day is an hour alone."""
    start = next(iter(event.get("DTSTART", ())), None)
    begin = _time(start.value) if start else None
    if start is None or begin is None:
        return start.text if start else ""
    end = _end(event, begin)
    if "T" not in start.value:  # a day; an end stands on the day after the last (RFC 5545, 3.6.1)
        last = end - timedelta(days=1) if end else begin
        return _day(begin) if last <= begin else f"{_day(begin)} to {_day(last)}"
    if end is None or end <= begin:
        return start.times
    until = f"{end:%H:%M}" if end.date() == begin.date() else f"{_day(end)} {end:%H:%M}"
    return f"{_day(begin)} {begin:%H:%M} to {until}{start.zone(start.value)}"


def _end(event: _Event, begin: datetime) -> datetime | None:
    end = next(iter(event.get("DTEND", ())), None)
    lasting = _DURATION.fullmatch(_text(event, "DURATION"))
    if end is None and lasting:
        weeks, days, hours, minutes, seconds = (int(count or 0) for count in lasting.groups())
        return begin + timedelta(days, seconds, minutes=minutes, hours=hours, weeks=weeks)
    return _time(end.value) if end else None


def _time(value: str) -> datetime | None:
    """Return a time as the clock of its zone shows it; None where it is none."""
    try:
        return datetime.fromisoformat(value.strip()).replace(tzinfo=None)
    except ValueError:
        return None


def _day(time: datetime) -> str:
    return f"{time.day} {time:%B %Y}"


def _rule(value: str) -> str:
    """Return how often, of what a rule most often says; its rest as it is written."""
    rule = dict(part.partition("=")[::2] for part in value.upper().split(";"))
    period = _PERIODS.get(rule.pop("FREQ", ""), "")
    if not period:
        return value
    interval = rule.pop("INTERVAL", "1")
    words = [f"every {period}" if interval == "1" else f"every {interval} {period}s"]
    days = filter(None, rule.pop("BYDAY", "").split(","))  # maybe with a number: 2MO, -1FR
    named = ", ".join(f"{day[:-2]} {_DAYS.get(day[-2:], day[-2:])}".strip() for day in days)
    until, count = rule.pop("UNTIL", ""), rule.pop("COUNT", "")
    words += [f"on {named}"] if named else []
    words += [f"until {_Line(until, {}).times}"] if until else []
    words += [f"{count} times"] if count else []
    words += [f"{name} {setting}" for name, setting in rule.items() if name != "WKST"]
    return ", ".join(words)


def _people(event: _Event, name: str) -> str:
    people = []
    for line in event.get(name, ()):
        answer = line.parameters.get("PARTSTAT", _UNANSWERED).lower()
        who = line.parameters.get("CN", "") or re.sub("(?i)^mailto:", "", line.value)
        people.append(f"{who} ({answer})" if who and answer != _UNANSWERED else who)
    return ", ".join(filter(None, people))
