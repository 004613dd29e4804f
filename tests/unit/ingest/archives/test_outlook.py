"""Outlook messages: read as mails are, their attachments as files of their own."""

import struct

import pytest
from builders_archives import Shelf, zipped
from builders_office import parse_text, picture_bytes, told
from builders_outlook import compound, meeting, message_tree, outlook

from rag.errors import SourceError

HEAD = "From: Ada <ada@example.org>\nTo: Bo, Cy\nDate: Fri, 02 May 2031 10:00:00 +0000"


def read(tmp_path, data):
    return parse_text(tmp_path, "a.msg", data)


def test_subject_head_and_body_are_read(tmp_path):
    document = read(tmp_path, outlook("Röstfest", "Bring cups.\r\n\r\nAda"))

    assert told(document) == [
        ("title", "Röstfest"),
        ("paragraph", HEAD),
        ("paragraph", "Bring cups."),
        ("paragraph", "Ada"),
    ]
    assert document.media_type == "application/vnd.ms-outlook"


def test_a_page_is_read_where_there_is_no_plain_body(tmp_path):
    page = "<html><h1>Plan</h1><p>Bring tëa.</p></html>".encode()

    assert told(read(tmp_path, outlook("x", page=page)))[2:] == [
        ("heading", "Plan"),
        ("paragraph", "Bring tëa."),
    ]


HELLO = bytes.fromhex(
    "2d0000002b0000004c5a4675f1c5c7a703000a00726370673132354232"
    "0af32068656c090020627705b06c647d0a800fa0"
)
REPEATED = bytes.fromhex("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0")
"""The two examples of [MS-OXRTFCP]."""


@pytest.mark.parametrize(
    ("rich", "words"),
    [
        (HELLO, "hello world"),
        (REPEATED, "WXYZ" * 5),
        (struct.pack("<LL4sL", 24, 12, b"MELA", 0) + rb"{\rtf1 Plain}", "Plain"),
        (HELLO[:40], "hello w"),
    ],
    ids=["packed", "with overlaps", "not packed", "cut off"],
)
def test_rich_text_is_read_where_it_is_the_only_body(tmp_path, rich, words):
    assert told(read(tmp_path, outlook("x", rich=rich)))[2:] == [("paragraph", words)]


def test_a_meeting_says_when_and_where(tmp_path):
    data = meeting("Dry dock", "Please come.", place="Room Heron, up", pattern="every Monday")

    assert told(read(tmp_path, data))[2:] == [
        ("paragraph", "Please come."),
        (
            "paragraph",
            "When: 2 May 2031 10:00 to 11:00 (UTC)\nRepeats: every Monday\nWhere: Room Heron, up",
        ),
    ]


def test_attachments_are_files_of_their_own_and_pictures_belong_to_the_mail(tmp_path):
    shelf = Shelf(tmp_path)
    files = {
        "plan.txt": b"The well is 63 metres deep.",
        "bär.zip": zipped({"a/mill.txt": "The mill is old."}),
        "photo.png": picture_bytes(),
    }
    shelf.write("note.msg", outlook("Plans", "See below.", attached=files))

    states = shelf.states()

    assert states == {
        "note.msg": "ready",
        "note.msg/plan.txt": "ready",
        "note.msg/bär.zip": "ready",
        "note.msg/bär.zip/a/mill.txt": "ready",
    }
    assert shelf.found("how deep is the well")[0] == "note.msg/plan.txt"
    assert set(shelf.states().values()) == {"unchanged"}


def test_an_attached_message_is_a_mail_with_attachments_of_its_own(tmp_path):
    shelf = Shelf(tmp_path)
    inner = message_tree(
        "The lost kéy", "Under the stone.", inner=True, attached={"map.txt": b"By the gate."}
    )
    shelf.write("fwd.msg", outlook("Fwd", "See the mail.", attached={"": inner}))

    states = shelf.states()

    assert set(states) == {
        "fwd.msg",
        "fwd.msg/The lost kéy.eml",
        "fwd.msg/The lost kéy.eml/map.txt",
    }
    assert set(states.values()) == {"ready"}
    assert shelf.found("under the stone")[0] == "fwd.msg/The lost kéy.eml"


def test_an_attachments_name_is_never_a_path(tmp_path):
    shelf = Shelf(tmp_path)
    shelf.write("a.msg", outlook("x", attached={f"../../{tmp_path}/out.txt": b"Out."}))

    assert set(shelf.states().values()) == {"ready"}
    assert list(tmp_path.rglob("out.txt")) == []


def test_messages_that_hold_each_other_without_end_are_refused_or_left_out(tmp_path):
    tree = message_tree("innermost", "Deep.", inner=True)
    for depth in range(40):
        tree = message_tree(f"level {depth}", inner=depth < 39, attached={"": tree})

    assert read(tmp_path, compound(tree)).elements


@pytest.mark.parametrize("cut_at", [700, 1500, 2600])
def test_a_message_that_was_cut_off_is_read_in_part_or_told(tmp_path, cut_at):
    data = outlook("Plans", "See below.", attached={"a.txt": b"x" * 6000})[:cut_at]

    with pytest.raises(SourceError, match=r"damaged|holds no document"):
        read(tmp_path, data)
