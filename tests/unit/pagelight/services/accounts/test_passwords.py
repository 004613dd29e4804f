"""Hashes of passwords: made, compared, and refused where they are none."""

import base64
import hashlib

import pytest

from pagelight.services.accounts.passwords import (
    Cost,
    check_hash,
    hashed,
    is_hash,
    matches,
)
from rag.errors import SettingsError

CHEAP = Cost(ln=4)


def test_a_password_matches_its_own_hash_and_no_other():
    stored = hashed("schnée am Sturmjoch", cost=CHEAP)

    assert matches("schnée am Sturmjoch", stored)
    assert not matches("schnee am Sturmjoch", stored)
    assert not matches("", stored)
    assert not matches(stored, stored)


def test_the_same_password_never_has_the_same_hash_and_is_not_in_it():
    one, other = hashed("avalanche", cost=CHEAP), hashed("avalanche", cost=CHEAP)

    assert one != other
    assert "avalanche" not in one
    assert is_hash(one)


def test_a_hash_says_how_it_was_made():
    """What another implementation makes of the same parameters is the same."""
    _, name, told, salt, key = hashed("avalanche", cost=Cost(ln=5, r=4, p=2)).split("$")
    made = hashlib.scrypt(
        b"avalanche", salt=base64.b64decode(salt + "=="), n=32, r=4, p=2, dklen=32
    )

    assert (name, told) == ("scrypt", "ln=5,r=4,p=2")
    assert base64.b64encode(made).decode().rstrip("=") == key


def test_a_plain_password_is_compared_as_it_is():
    assert matches("güte", "güte")
    assert not matches("gute", "güte")


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
        check_hash(text)
