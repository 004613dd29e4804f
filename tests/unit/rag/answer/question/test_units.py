"""Units that a question names."""

import pytest

from rag.answer.question.question import understand
from rag.answer.question.units import lacks_unit

TEXT = "The hut has 40 beds and was built in 1931."


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("how loud is the pump in dB", "noise level: 62 dB(A)"),
        ("wattage of the microwave?", "Output | 900 W"),
        ("what wattage has the lamp", "a 60-watt bulb"),
        ("power draw of the switch in watts", "draws 1.2 kW"),
        ("transfer rate in KB/s", "up to 950 kB/s"),
        ("height of the mast (m)", "The mast is 32m tall."),
        ("how many degrees was it", "-24.8 °C at 07:10"),
        ("what percentage of people walk", "a quarter (25%) walk"),
        ("Wie viele Meter ist der Turm hoch?", "Der Turm ist 12 Meter hoch."),
        ("weight in kg", "Weight [g] | 850"),
    ],
)
def test_a_unit_that_is_named_has_to_stand_there(question, text):
    assert understand(question).lacks_unit([TEXT])
    assert not understand(question).lacks_unit([TEXT, text])


@pytest.mark.parametrize(
    "question",
    [
        "what is it in a nutshell",
        "a night in a hut, what does it cost?",
        "what happens in the month of May",
        "which degree did she earn",
        "how long is the path",
        "how much does it weigh",
    ],
)
def test_without_a_unit_none_is_lacking(question):
    assert not lacks_unit(question, [TEXT])
