"""Hashes of passwords: made, compared, and refused where they are none."""

import base64
import hashlib

import pytest

from pagelight.services.accounts.person import (
    Cost,
    hash_parts,
    hashed,
    is_hash,
    matches,
)
from rag.errors import SettingsError

CHEAP = Cost(ln=4)


def test_a_password_matches_its_own_hash_or_itself_and_no_other():
    stored, other = (hashed("schnée am Sturmjoch", cost=CHEAP) for _ in range(2))

    assert stored != other
    assert "Sturmjoch" not in stored
    assert is_hash(stored)
    assert matches("güte", "güte")
    assert not matches("gute", "güte")

    assert matches("schnée am Sturmjoch", stored)
    assert not matches("schnee am Sturmjoch", stored)
    assert not matches("", stored)
    assert not matches(stored, stored)


def test_a_hash_says_how_it_was_made():
    """What another implementation makes of the same parameters is the same."""
    _, name, told, salt, key = hashed("avalanche", cost=Cost(ln=5, r=4, p=2)).split("$")
    made = hashlib.scrypt(
        b"avalanche", salt=base64.b64decode(salt + "=="), n=32, r=4, p=2, dklen=32
    )

    assert (name, told) == ("scrypt", "ln=5,r=4,p=2")
    assert base64.b64encode(made).decode().rstrip("=") == key


@pytest.mark.parametrize(
    "text",
    [
        "$scrypt$",
        "$scrypt$ln=15,r=8,p=3$c2FsdHNhbHRzYWx0$short",
        "$scrypt$ln=40,r=8,p=3$c2FsdHNhbHRzYWx0$" + "A" * 43,
        "$scrypt$ln=15,r=0,p=3$c2FsdHNhbHRzYWx0$" + "A" * 43,
        "plain",
    ],
)
def test_what_is_no_hash_is_refused_in_a_sentence(text):
    with pytest.raises(SettingsError, match="pagelight user add"):
        hash_parts(text)
