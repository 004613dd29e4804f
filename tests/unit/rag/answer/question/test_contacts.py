import pytest

from rag.answer.question.question import understand

TEXT = "Call the hut at 07:30, or write to the warden. It has 40 beds."


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("what's her email", "Write to a.venn@hut.example."),
        ("e-mail address of the warden", "Write to a.venn@hut.example."),
        ("phone number", "Call +41 33 855 12 12."),
        ("What is the telephone number of the hut?", "Call (033) 555-1234."),
        ("do they have a website?", "See www.hut.example for prices."),
    ],
)
def test_a_contact_has_a_form(question, text):
    assert understand(question).lacks_contact([TEXT])
    assert not understand(question).lacks_contact([TEXT, text])


@pytest.mark.parametrize(
    "question", ["what does the email say about lunch", "how many phones were sold", "who is she"]
)
def test_other_questions_ask_for_no_contact(question):
    assert not understand(question).lacks_contact([TEXT])
