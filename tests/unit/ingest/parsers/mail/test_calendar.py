"""Calendars and invitations: what, when, where and who, in words."""

from email.message import EmailMessage

import pytest
from builders_archives import Shelf
from builders_office import parse_text, told
from hypothesis import given
from hypothesis import strategies as st

from ingest.parsers.mail import calendar_elements


def calendar(*lines, method="REQUEST"):
    body = ("BEGIN:VCALENDAR", f"METHOD:{method}", "BEGIN:VEVENT", *lines)
    return "\r\n".join((*body, "END:VEVENT", "END:VCALENDAR", ""))


REVIEW = calendar("SUMMARY:Dry dock review", "DTSTART:20310502T143000Z", "LOCATION:Room Heron")
IN_WORDS = "When: 2 May 2031 14:30 (UTC)\nWhere: Room Heron"


def mail(*, text="Please come."):
    message = EmailMessage()
    message["Subject"] = "Invitation"
    message.set_content(text)
    return message


def read(tmp_path, message):
    return [text for _, text in told(parse_text(tmp_path, "a.eml", b"From: x\n" + bytes(message)))]


def test_an_invitation_beside_the_text_is_told_in_words(tmp_path):
    message = mail()
    message.add_alternative(REVIEW, subtype="calendar", params={"name": "invite.ics"})

    assert read(tmp_path, message)[-3:] == ["Please come.", "Dry dock review", IN_WORDS]


def test_an_attached_calendar_is_a_file_of_its_own(tmp_path):
    message = mail()
    message["From"], message["To"] = "a@example.org", "b@example.org"
    message.add_attachment(REVIEW, subtype="calendar", filename="invite.ics")
    shelf = Shelf(tmp_path)
    shelf.write("a.eml", bytes(message))

    assert set(shelf.states().values()) == {"ready"}
    assert "a.eml/invite.ics" in shelf.found("Heron")


def test_a_calendar_is_told_event_by_event_and_what_it_reminds_of_is_left_out(tmp_path):
    text = REVIEW.replace(
        "END:VEVENT",
        "BEGIN:VALARM\r\nDESCRIPTION:Reminder\r\nEND:VALARM\r\nEND:VEVENT\r\n"
        "BEGIN:VTODO\r\nSUMMARY:Grease the winch\r\nDUE;VALUE=DATE:20310510\r\nEND:VTODO",
    )

    document = parse_text(tmp_path, "crew.ics", text)

    assert told(document) == [
        ("heading", "Dry dock review"),
        ("paragraph", IN_WORDS),
        ("heading", "Grease the winch"),
        ("paragraph", "Due: 10 May 2031"),
    ]


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (
            ["DTSTART;TZID=Europe/Oslo:20310502T230000", "DURATION:PT2H30M"],
            "When: 2 May 2031 23:00 to 3 May 2031 01:30 (Europe/Oslo)",
        ),
        (["DTSTART;VALUE=DATE:20310502", "DTEND;VALUE=DATE:20310503"], "When: 2 May 2031"),
        (
            ["DTSTART;VALUE=DATE:20310502", "DTEND;VALUE=DATE:20310505"],
            "When: 2 May 2031 to 4 May 2031",
        ),
        (
            [
                "DTSTART:20310505T090000",
                "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;UNTIL=20310601T000000Z",
                "EXDATE:20310519T090000,20310522T090000",
            ],
            (
                "When: 5 May 2031 09:00\n"
                "Repeats: every 2 weeks, on Monday, Thursday, until 1 June 2031 00:00 (UTC)\n"
                "Not on: 19 May 2031 09:00, 22 May 2031 09:00"
            ),
        ),
        (
            [
                'ORGANIZER;CN="Falk, Sunniva":mailto:s@example.org',
                "ATTENDEE;PARTSTAT=DECLINED;CN=Ole:mailto:o@example.org",
                "ATTENDEE;PARTSTAT=NEEDS-ACTION:MAILTO:crew@exa\r\n mple.org",
            ],
            "Organizer: Falk, Sunniva\nInvited: Ole (declined), crew@example.org",
        ),
        (["DTSTART:soon"], "When: soon"),
    ],
)
def test_times_and_people_are_told_as_they_are_meant(lines, words):
    (element,) = calendar_elements(calendar(*lines))

    assert element.text == words


def test_a_mail_that_calls_off_says_so():
    assert calendar_elements(calendar(method="CANCEL"))[0].text == "Status: cancelled"


LETTERS = st.text(st.characters(codec="ascii", categories=["L", "N", "P"]), min_size=1)


@given(st.lists(LETTERS, min_size=1, max_size=30), st.integers(10, 75))
def test_what_was_escaped_and_folded_is_read_whole(words, width):
    place = " ".join(words)
    escaped = place.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;")
    line = f"LOCATION:{escaped}"
    folded = "\r\n ".join(line[at : at + width] for at in range(0, len(line), width))

    (element,) = calendar_elements(calendar(folded))

    assert element.text == f"Where: {place}"
