"""Calendars (.ics, and the parts of mails that invite): what, when, where and who, in words.

Knows iCalendar (RFC 5545); works out no time zone and lists no repetition: both are told.
"""

from __future__ import annotations

import re
from calendar import day_name
from collections.abc import Iterator
from dataclasses import dataclass
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
_DAYS: Final = {day[:2].upper(): day for day in day_name}
_PERIODS: Final = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}
_UNANSWERED: Final = "needs-action"
_ONE_DAY: Final = timedelta(days=1)


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
        return _day(time) if _is_day(value) else f"{_day(time)} {time:%H:%M}{self.zone(value)}"

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
    return document_of(file, elements, title=meaningful_title(named, first))


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
    if _is_day(start.value):  # an end stands on the day after the last (RFC 5545, 3.6.1)
        last = end - _ONE_DAY if end else begin
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


def _is_day(value: str) -> bool:
    return "T" not in value


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
