import pytest

from rag.answer.question.operations import decimals, operation


@pytest.mark.parametrize(
    ("question", "operator", "names"),
    [
        ("What is the difference between rain in June and rain in May?", "difference", None),
        ("How many more guests came in 2019 than in 2018?", "difference", ("in 2019", "in 2018")),
        ("How many more huts does Wallis have than Uri?", "difference", ("Wallis", "Uri")),
        ("By what percentage did sales grow from 2019 to 2020?", "change", ("in 2020", "in 2019")),
        ("By how many points did it rise from 2000 to 2008?", "difference", None),
        ("What is the ratio of current assets to total assets?", "ratio", None),
        ("How many huts do Uri, Wallis and Bern have in total?", "sum", ("Uri", "Wallis", "Bern")),
        ("What was the total rain of June and July 2025?", "sum", ("June", "July")),
    ],
)
def test_the_wording_tells_the_calculation_and_its_parts(question, operator, names):
    found = operation(question)

    assert found.operator == operator
    assert len(found.parts) == len(found.names) >= 2
    assert names is None or found.names == names


@pytest.mark.parametrize(
    "question",
    ["How deep was the snow?", "Who is taller than most?", "Which is higher: A or B?"],
)
def test_a_question_without_two_parts_is_no_calculation(question):
    assert operation(question) is None


def test_each_part_is_a_question_of_its_own():
    found = operation("How many more guests came in 2019 than in 2018?")

    assert [" ".join(part.split()) for part in found.parts] == [
        "How many guests came in 2019 ?",
        "How many guests came in 2018 ?",
    ]


def test_decimals_may_be_asked_for():
    assert decimals("What is the ratio, to three decimals?") == 3
    assert decimals("What is the ratio?") is None
