import pytest

from rag.answer.question.operations import operands


@pytest.mark.parametrize(
    ("question", "plain", "names"),
    [
        ("What is the ratio of debts to assets?", "What is the {} ?", ("debts", "assets")),
        ("How many more guests came in 2019 than in 2018?", "How many guests came in {} ?", ()),
        ("How many more huts does A have than B?", "How many huts does {} have ?", ("A", "B")),
        ("By how much did it grow from 2018 to 2019?", "By how much did it grow in {} ?", ()),
        (
            "What was the total rain of June and July?",
            "What was the total rain of {} ?",
            ("June", "July"),
        ),
    ],
)
def test_each_part_of_a_calculation_is_a_question_of_its_own(question, plain, names):
    told = [" ".join(part.replace("?", " ?").split()) for part in operands(question)]

    assert told == [plain.format(name) for name in names or ("2019", "2018")]


@pytest.mark.parametrize(
    "question",
    ["How deep was the snow?", "Who is taller than most?", "Which is higher: A or B?"],
)
def test_a_question_without_two_parts_is_no_calculation(question):
    assert operands(question) == ()
