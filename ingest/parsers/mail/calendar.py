"""Calendars (.ics, and the parts of mails that invite): what, when, where and who, in words.

Knows iCalendar (RFC 5545); works out no time zone and lists no repetition: both are told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from ingest.discovery.encoding import decode_text
from ingest.parsers.base.elements import document_of, heading, meaningful_title, text_element
from rag.datamodel import Document, Element, SourceFile
from rag.protocols import Assets
from rag.settings import Settings

_FOLD: Final = re.compile(r"\r?\n[ \t]")
_LINE: Final = re.compile(r'([A-Za-z0-9-]+)((?:;[A-Za-z0-9-]+=(?:"[^"]*"|[^";:])*)*):(.*)')
_PARAMETER: Final = re.compile(r';([A-Za-z0-9-]+)=((?:"[^"]*"|[^";:])*)')
_ESCAPED: Final = re.compile(r"\\(.)")
_DURATION: Final = re.compile(r"\+?P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_EVENTS: Final = ("VEVENT", "VTODO", "VJOURNAL")
_DAYS: Final = dict(
    zip(
        "MO TU WE TH FR SA SU".split(),
        "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(),
        strict=True,
    )
)
_PERIODS: Final = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}
_UNANSWERED: Final = "NEEDS-ACTION"
_ONE_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Property:
    """One line: its value as written, and its parameters by name."""

    value: str
    parameters: dict[str, str]

    @property
    def text(self) -> str:
        return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], self.value)


@dataclass(frozen=True, slots=True)
class _Event:
    """The lines of an event or task; `method` says what a mail asks by it."""

    method: str
    lines: dict[str, list[_Property]] = field(default_factory=dict)

    def text(self, name: str) -> str:
        return next((line.text.strip() for line in self.lines.get(name, ())), "")

    def words(self, name: str) -> str:
        """Return the times of a line in words."""
        return ", ".join(
            _moment_words(value, line)
            for line in self.lines.get(name, ())
            for value in line.value.split(",")
        )


def parse_calendar(file: SourceFile, assets: Assets, *, settings: Settings) -> Document:
    """Each event or task is a heading and what is known of it."""
    text = decode_text(file.at.read_bytes())
    elements = calendar_elements(text)
    named = next((line for name, line in _properties(text) if name == "X-WR-CALNAME"), None)
    first = elements[0].text if elements else ""
    return document_of(file, elements, title=meaningful_title(named.text if named else "", first))


def calendar_elements(text: str) -> list[Element]:
    """Return the events and tasks of a calendar, in order."""
    return [element for event in _events(text) for element in _event_elements(event)]


def _properties(text: str) -> Iterator[tuple[str, _Property]]:
    for line in _FOLD.sub("", text).splitlines():
        found = _LINE.fullmatch(line.strip())
        if found:
            parameters = {
                name.upper(): value.replace('"', "") for name, value in _PARAMETER.findall(found[2])
            }
            yield found[1].upper(), _Property(found[3], parameters)


def _events(text: str) -> Iterator[_Event]:
    """Yield events and tasks; what lies within one (an alarm) is none of its lines."""
    method, event, inner = "", None, 0
    for name, line in _properties(text):
        if event is None:
            method = line.value if name == "METHOD" else method
            event = _Event(method) if name == "BEGIN" and line.value in _EVENTS else None
        elif name in {"BEGIN", "END"}:
            inner += 1 if name == "BEGIN" else -1
            if inner < 0:
                yield event
                event, inner = None, 0
        elif not inner:
            event.lines.setdefault(name, []).append(line)


def _event_elements(event: _Event) -> list[Element]:
    facts = [f"{label}: {words}" for label, words in _facts(event) if words]
    return [
        *heading(event.text("SUMMARY"), 2),
        *text_element("\n".join(facts)),
        *text_element(event.text("DESCRIPTION")),
        *text_element(event.text("COMMENT")),
    ]


def _facts(event: _Event) -> Iterator[tuple[str, str]]:
    yield "Status", "cancelled" if event.method == "CANCEL" else event.text("STATUS").lower()
    yield "When", _span(event)
    yield "Due", event.words("DUE")
    yield "Repeats", "; ".join(_rule(line.value) for line in event.lines.get("RRULE", ()))
    yield "Also on", event.words("RDATE")
    yield "Not on", event.words("EXDATE")
    yield "In place of", event.words("RECURRENCE-ID")
    yield "Where", event.text("LOCATION")
    yield "Organizer", _people(event, "ORGANIZER")
    yield "Invited", _people(event, "ATTENDEE")
    yield "Address", event.text("URL")


def _span(event: _Event) -> str:
    """Return from when to when; an end on the same day is an hour alone."""
    start = next(iter(event.lines.get("DTSTART", ())), None)
    begin = _time(start.value) if start else None
    if start is None or begin is None:
        return start.text if start else ""
    end = _end(event, begin)
    if _is_day(start.value):  # an end stands on the day after the last (RFC 5545, 3.6.1)
        last = end - _ONE_DAY if end else begin
        return _day(begin) if last <= begin else f"{_day(begin)} to {_day(last)}"
    if end is None or end <= begin:
        return _moment_words(start.value, start)
    until = f"{end:%H:%M}" if end.date() == begin.date() else f"{_day(end)} {end:%H:%M}"
    return f"{_day(begin)} {begin:%H:%M} to {until}{_zone(start.value, start)}"


def _end(event: _Event, begin: datetime) -> datetime | None:
    end = next(iter(event.lines.get("DTEND", ())), None)
    lasting = _DURATION.fullmatch(event.text("DURATION"))
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


def _is_day(value: str) -> bool:
    return "T" not in value


def _day(time: datetime) -> str:
    return f"{time.day} {time:%B %Y}"


def _moment_words(value: str, line: _Property) -> str:
    """Return a time in words; what is none, or a span, as it stands."""
    time = _time(value)
    if time is None:
        return value
    return _day(time) if _is_day(value) else f"{_day(time)} {time:%H:%M}{_zone(value, line)}"


def _zone(value: str, line: _Property) -> str:
    zone = "UTC" if value.endswith("Z") else line.parameters.get("TZID", "")
    return f" ({zone})" if zone else ""


def _rule(value: str) -> str:
    """Return how often, of what a rule most often says; its rest as it is written."""
    rule = dict(part.partition("=")[::2] for part in value.upper().split(";"))
    period = _PERIODS.get(rule.pop("FREQ", ""), "")
    if not period:
        return value
    interval = rule.pop("INTERVAL", "1")
    words = [f"every {period}" if interval == "1" else f"every {interval} {period}s"]
    days = [_weekday(day) for day in rule.pop("BYDAY", "").split(",") if day]
    until, count = rule.pop("UNTIL", ""), rule.pop("COUNT", "")
    words += [f"on {', '.join(days)}"] if days else []
    words += [f"until {_moment_words(until, _Property(until, {}))}"] if until else []
    words += [f"{count} times"] if count else []
    return ", ".join(
        (*words, *(f"{name} {setting}" for name, setting in rule.items() if name != "WKST"))
    )


def _weekday(day: str) -> str:
    """Return a day of the week by name, the number of those of a month or year before it."""
    return f"{day[:-2]} {_DAYS.get(day[-2:], day[-2:])}".strip()


def _people(event: _Event, name: str) -> str:
    return ", ".join(filter(None, map(_person, event.lines.get(name, ()))))


def _person(line: _Property) -> str:
    """Return a person's name, else the address; and what they answered."""
    answer = line.parameters.get("PARTSTAT", _UNANSWERED).lower()
    who = line.parameters.get("CN", "") or re.sub("(?i)^mailto:", "", line.value)
    return f"{who} ({answer})" if who and answer != _UNANSWERED.lower() else who
