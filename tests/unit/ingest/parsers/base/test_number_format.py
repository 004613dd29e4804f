"""Numbers, days and times as spreadsheets show them."""

import datetime as dt

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.parsers.base.number_format import shown

DAY = dt.datetime(2027, 2, 5, 14, 30)  # noqa: DTZ001 - sheets know no time zones
ACCOUNTING = '_("$"* #,##0.00_);_("$"* (#,##0.00);_("$"* "-"??_);_(@_)'
SHOWN = {
    "zeros in front": (731, "00000", "00731"),
    "words": (42, '"INV-"0000', "INV-0042"),
    "groups of words": (12, '0 "of 20"', "12 of 20"),
    "a phone": (5551234567, "(000) 000-0000", "(555) 123-4567"),
    "a short phone": (5551234, "[<=9999999]###-####;(###) ###-####", "555-1234"),
    "a long phone": (5551234567, "[<=9999999]###-####;(###) ###-####", "(555) 123-4567"),
    "an account": (1234567, "00-000-000", "01-234-567"),
    "a point of its own": (12, '0"."00', "0.12"),
    "a fraction": (2.75, "# ??/??", "2 3/4"),
    "a fraction above one": (2.75, "??/??", "11/4"),
    "a fraction of one": (0.5, "# ?/?", "1/2"),
    "a negative fraction": (-0.5, "# ?/?", "-1/2"),
    "no fraction": (5, "# ?/8", "5"),
    "eighths": (5.25, "# ?/8", "5 2/8"),
    "nothing": (0, "# ?/?", "0"),
    "a power": (12345678, "0.00E+00", "1.23E+07"),
    "a power of thousands": (12345678, "##0.0E+0", "12.3E+6"),
    "a power that rounds up": (9.999, "0.0E+0", "1.0E+1"),
    "half a cent": (2.675, "0.00", "2.68"),
    "half": (1234.5, "0", "1235"),
    "money": (-1234.5, ACCOUNTING, "$(1,234.50)"),
    "no money": (0, ACCOUNTING, "$-"),
    "hidden": (5, ";;;", ""),
    "a sign": (3, "+0;-0", "+3"),
    "colours": (100, "[Red]0.0;[Blue]-0.0", "100.0"),
    "text": ("Ada", '"Dr. "@', "Dr. Ada"),
    "text in numbers": ("Ada", "0.00", "Ada"),
    "hours beyond a day": (1.75, "[h]:mm", "42:00"),
    "negative hours": (-1.5, "[h]:mm", "-36:00"),
    "a span": (dt.timedelta(hours=42, minutes=5), "[hh]:mm:ss", "42:05:00"),
    "minutes": (0.0525, "[mm]:ss", "75:36"),
    "a tenth": (0.5 + 1.5 / 86400, "mm:ss.0", "00:01.5"),
    "a day": (DAY, "dd/mm/yy", "2027-02-05"),
    "a day and time": (DAY, "m/d/yy h:mm", "2027-02-05 14:30:00"),
    "a month": (DAY, "mmm yyyy", "Feb 2027"),
    "a year": (DAY, "yyyy", "2027"),
    "a weekday": (DAY, "[$-409]dddd;@", "Friday"),
    "a time of day": (DAY, "h:mm AM/PM", "2:30 PM"),
    "a time alone": (dt.time(0, 5), "hh:mm", "00:05"),
    "a small number": (1e-5, "General", "1e-05"),
    "a whole number": (3.0, "General", "3"),
    "yes": (True, "General", "TRUE"),
    "no value": (None, "0.0", ""),
    "no number": (float("nan"), "0.0", "nan"),
    "euros": (12, "[$€-407] #,##0.00", "€ 12.00"),
    "a zero with a sign": (-0.001, "0.0", "0.0"),
    "midnight": (dt.time(0, 5), "h:mm am/pm", "12:05 AM"),
}


@pytest.mark.parametrize(("value", "code", "text"), SHOWN.values(), ids=SHOWN)
def test_a_value_is_shown_as_its_program_does(value, code, text):
    assert shown(value, code).strip() == text


@example(1e9, "[h]")
@example(1.0, "[h]e")
@given(st.floats(allow_nan=False), st.text('0#?.,%/E+-@;_*[h]msyd"\\ General', max_size=12))
def test_any_code_shows_something(value, code):
    assert isinstance(shown(value, code), str)
