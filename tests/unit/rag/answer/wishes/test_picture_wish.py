import pytest

from rag.answer.wishes.picture_wish import label_of, picture_wish


@pytest.mark.parametrize(
    ("question", "thing", "subject"),
    [
        ("Show me the chart of snow depth", "chart", "snow depth"),
        ("Where is the map of the valley?", "map", "valley"),
        ("Show me the table of wind speeds.", "table", "wind speeds"),
        ("Which line chart shows the wind?", "line chart", "wind"),
    ],
)
def test_a_question_can_ask_for_the_picture_itself(question, thing, subject):
    wish = picture_wish(question)

    assert wish is not None
    assert (wish.shown, wish.thing, wish.subject) == (True, thing, subject)


@pytest.mark.parametrize(
    "question",
    ["What does the diagram of the ring show?", "In the pie chart, what share was snow?"],
)
def test_what_a_picture_says_is_another_question(question):
    wish = picture_wish(question)

    assert wish is not None
    assert not wish.shown


@pytest.mark.parametrize(
    "question", ["Give me the figures for 2021", "How deep was the snow?", "Show me the results"]
)
def test_other_questions_speak_of_no_picture(question):
    assert picture_wish(question) is None


def test_the_number_of_a_figure_is_its_label():
    wish = picture_wish("Show me Figure 3 of the report")

    assert wish is not None
    assert (wish.label, wish.thing) == ("fig 3", "picture")
    assert label_of("Table 2.1: Depths") == "tab 2.1"
