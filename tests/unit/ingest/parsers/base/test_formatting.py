"""What the look of words means."""

import pytest

from ingest.parsers.base.formatting import PLAIN, Look, marked

STRUCK, UP, DOWN = Look(is_struck=True), Look(place="raised"), Look(place="lowered")


@pytest.mark.parametrize(
    ("runs", "read"),
    [
        ([("10", PLAIN), ("6", UP), (" pulses", PLAIN)], "10^6 pulses"),
        ([("10", PLAIN), ("−", UP), ("3", UP)], "10^−3"),
        ([("45 m", PLAIN), ("2", UP), (".", PLAIN)], "45 m²."),
        ([("kg m", PLAIN), ("-2", UP)], "kg m⁻²"),
        ([("H", PLAIN), ("2", DOWN), ("O", PLAIN)], "H₂O"),
        ([("SO", PLAIN), ("4", DOWN), ("2-", UP)], "SO₄²⁻"),
        ([("in 1903", PLAIN), ("2", UP)], "in 1903^2"),
        ([("the 1", PLAIN), ("st", UP), (" of May", PLAIN)], "the 1st of May"),
        ([("2", PLAIN), ("1", UP), ("/", PLAIN), ("2", DOWN), (" miles", PLAIN)], "2 1/2 miles"),
        ([("5 m", PLAIN), ("2", UP), ("/s", PLAIN)], "5 m²/s"),
        ([("1903", PLAIN), ("[1]", UP)], "1903[1]"),
        ([("49 ", STRUCK), ("euros", STRUCK), (" 31 euros", PLAIN)], "~~49 euros~~ 31 euros"),
        ([("10", STRUCK), ("6", Look(is_struck=True, place="raised"))], "~~10^6~~"),
        ([(" one \n two", STRUCK)], " ~~one~~ \n ~~two~~"),
        ([("One. Two.", STRUCK), (" Three.", PLAIN)], "~~One.~~ ~~Two.~~ Three."),
        ([(" ", STRUCK)], " "),
        ([], ""),
    ],
)
def test_words_are_read_as_they_look(runs, read):
    assert marked(runs) == read
