from email.message import EmailMessage

import pytest
from builders_office import parse_text, picture_bytes, told


@pytest.fixture
def message():
    mail = EmailMessage()
    mail["Subject"] = "Röstfest"
    mail["From"] = "Ada <ada@example.org>"
    mail["To"] = "all@example.org"
    mail["Date"] = "Fri, 02 May 2031 10:00:00 +0000"
    return mail


def read(tmp_path, mail):
    return parse_text(tmp_path, "a.eml", bytes(mail))


HEAD = "From: Ada <ada@example.org>\nTo: all@example.org\nDate: Fri, 02 May 2031 10:00:00 +0000"


def test_the_plain_body_is_read_with_subject_and_head(tmp_path, message):
    message.set_content("Bring cups.\n\nAda")
    message.add_alternative("<p>Bring HTML cups.</p>", subtype="html")

    document = read(tmp_path, message)

    assert told(document) == [
        ("title", "Röstfest"),
        ("paragraph", HEAD),
        ("paragraph", "Bring cups."),
        ("paragraph", "Ada"),
    ]
    assert document.title == "Röstfest"


def test_pictures_are_figures_and_other_attachments_are_named(tmp_path, message):
    message.set_content("Hi.")
    message.add_attachment(picture_bytes(), "image", "png", filename="logo.png")
    message.add_attachment(b"echo", "application", "x-sh", filename="../../evil.sh")

    assert told(read(tmp_path, message))[3:] == [
        ("figure", ""),
        ("caption", "Attached picture: logo.png"),
        ("paragraph", "Attachments: ../../evil.sh"),
    ]


@pytest.mark.parametrize(
    "raw",
    [
        b"Subject: =?utf-8?q?broken\nFrom: <<>>;;\nTo: \xff\n\nbody",
        b"Content-Type: multipart/mixed\n\nbody",
        b'Content-Type: text/plain; charset="no-such"\n\nbody',
        b"Content-Transfer-Encoding: base64\n\nbody",
        b"Date: never\n\nbody",
    ],
)
def test_malformed_mails_are_read_as_far_as_they_go(tmp_path, raw):
    assert parse_text(tmp_path, "a.eml", raw).media_type == "message/rfc822"
