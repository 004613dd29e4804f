import pytest

from ingest.discovery.encoding import decode_text, is_text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Café crème à 4,20, naïve façade", "latin-1"),
        ("“Smart” – dash it’s 5 €", "cp1252"),
        ("Zażółć gęślą jaźń. Polska jest piękna i duża.", "cp1250"),
        ("日本語のテキストです。これは試験です。", "shift_jis"),
        ("Die Brücke ist 214 Meter lang.", "utf-16"),
        ("Привет мир, как дела\n", "utf-16-le"),
        ("Ünïcødé 📄", "utf-32"),
    ],
)
def test_text_in_a_usual_encoding_comes_out_unharmed(text, encoding):
    data = text.encode(encoding)

    assert is_text(data)
    assert decode_text(data) == text


def test_broken_utf8_keeps_its_text_with_replacement_letters():
    assert decode_text(b"bad \xff\xfe\xff bytes; 6:45") == "bad \ufffd\ufffd\ufffd bytes; 6:45"


def test_text_that_was_encoded_twice_is_repaired():
    assert (
        decode_text("1986–1990 cost £5".encode().decode("latin-1").encode()) == "1986–1990 cost £5"
    )


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("cafÃ© crÃ¨me, MÃ©xico", "café crème, México"),
        ("l’Ã©tÃ© Ã© «bom»", "l’été é «bom»"),
        ("It donâ€™t cost Â£5", "It don’t cost £5"),
        ("20 kmÂ² Ã\xa0 pied, Â«Bonjour»", "20 km² à pied, «Bonjour»"),
    ],
)
def test_what_was_encoded_twice_amid_correct_text_is_repaired(told, meant):
    assert decode_text(told.encode()) == meant


@pytest.mark.parametrize("data", [bytes(range(256)) * 8, b"\x9f" * 500, b"\0\1\2" * 100])
def test_binary_data_is_no_text(data):
    assert not is_text(data)
