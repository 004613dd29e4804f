"""Signed mails in opaque form and signed files: what the signature encloses is read."""

import base64

import pytest
from builders_archives import Shelf
from builders_office import parse_text, told

SIGNED, ENVELOPED = (bytes.fromhex(f"06092a864886f70d01070{last}") for last in (2, 3))
DATA = bytes.fromhex("06092a864886f70d010701")


def der(tag, *parts):
    body = b"".join(parts)
    size = len(body).to_bytes(3, "big")
    return bytes([tag, 0x83]) + size + body


def ber(tag, *parts):
    """Return a value of open length, as programs write it that stream."""
    return bytes([tag, 0x80]) + b"".join(parts) + b"\0\0"


def string(value, data):
    if value is der:
        return der(0x04, data)
    return ber(0x24, der(0x04, data[:7]), der(0x04, data[7:]))


def signed(data, value=der, kind=SIGNED):
    algorithms = value(0x31, value(0x30, bytes.fromhex("0609608648016503040201")))
    content = value(0x30, DATA, value(0xA0, string(value, data)))
    return value(
        0x30, kind, value(0xA0, value(0x30, b"\x02\x01\x01", algorithms, content, value(0x31)))
    )


def part(data, name="smime.p7m"):
    head = f'Content-Type: application/pkcs7-mime; name="{name}"\n'
    head += f'Content-Disposition: attachment; filename="{name}"\n'
    return f"{head}Content-Transfer-Encoding: base64\n\n".encode() + base64.encodebytes(data)


HEAD = b"From: a@example.org\nTo: b@example.org\nSubject: Claim\nMIME-Version: 1.0\n"
TEXT = b"Content-Type: text/plain\r\n\r\nThe insurer pays 8800 kroner.\r\n"


def texts(tmp_path, data):
    return [text for _, text in told(parse_text(tmp_path, "a.eml", data))]


@pytest.mark.parametrize("value", [der, ber])
@pytest.mark.parametrize("body", [TEXT, TEXT.partition(b"\r\n\r\n")[2]], ids=["part", "text"])
def test_the_text_within_a_signature_is_the_mails(tmp_path, value, body):
    read = texts(tmp_path, HEAD + part(signed(body, value)))

    assert read == [
        "Claim",
        "From: a@example.org\nTo: b@example.org",
        "The insurer pays 8800 kroner.",
    ]


def test_signatures_within_signatures_and_below_other_parts_are_opened(tmp_path):
    inner = signed(part(signed(TEXT)))
    list_mail = (
        HEAD + b"Content-Type: multipart/mixed; boundary=B\n\n--B\n" + part(inner) + b"\n--B--"
    )

    assert texts(tmp_path, list_mail)[-1] == "The insurer pays 8800 kroner."


def test_what_is_attached_within_a_signature_is_a_file_of_its_own(tmp_path):
    shelf = Shelf(tmp_path)
    body = (
        b"Content-Type: multipart/mixed; boundary=C\n\n--C\nContent-Type: text/plain\n\nHi\n--C\n"
    )
    body += b'Content-Type: text/csv; name="fees.csv"\n\nship,fee\nFreya,63\n--C--'
    shelf.write("a.eml", HEAD + part(signed(body)))

    assert shelf.states() == {"a.eml": "ready", "a.eml/fees.csv": "ready"}


@pytest.mark.parametrize("value", [der, ber])
def test_a_signed_file_holds_the_file(tmp_path, value):
    shelf = Shelf(tmp_path)
    bill = signed(b"<bill><total>733 crowns</total></bill>", value)
    shelf.write("bill.xml.p7m", bill)
    shelf.write("a.eml", HEAD + part(signed(b"<fee>7 crowns</fee>", value), "fee.xml.p7m"))

    states = shelf.states()

    assert set(states.values()) == {"ready"}
    assert {"bill.xml.p7m/bill.xml", "a.eml/fee.xml.p7m/fee.xml"} <= set(states)
    assert "bill.xml.p7m/bill.xml" in shelf.found("733 crowns")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (signed(b"", kind=ENVELOPED), "encrypted"),
        (signed(TEXT)[:60], "damaged"),
        (ber(0x30, SIGNED, *[b"\x31\x80"] * 5000), "damaged"),
    ],
)
def test_what_is_encrypted_or_damaged_is_told(tmp_path, data, reason):
    shelf = Shelf(tmp_path)
    shelf.write("a.eml", HEAD + part(data))

    states = shelf.ingest()

    assert states["a.eml"][0] == "ready"
    assert any(reason in why for _, why in states.values())
