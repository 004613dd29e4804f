"""How the chat shows a sentence that its sources do not bear out."""

from builders_ui import a_chunk, an_answer

from pagelight.ui.answers.render import answer_html

NOT_FOUND = "not found in the sources it cites"


def shown(text, *spans):
    return answer_html(an_answer(text, a_chunk(), unsupported=spans), key="k")


def test_a_sentence_is_marked_for_the_eye_and_for_the_ear():
    html = shown("Snow fell [1]. It was blue.", (15, 27))

    assert f'<span class="unsupported">It was blue.<span class="unseen"> ({NOT_FOUND})' in html
    assert f'<span class="unsupported">Dotted</span>: {NOT_FOUND}.' in html


def test_it_may_span_lines_of_a_list_and_cells_of_a_table():
    html = shown("- It was blue.\n- It fell.\n\na | b\n1 | 2\n\nSnow [1]", (0, 38))

    assert html.count('<span class="unsupported">It was blue.<span') == 1
    assert '<li><span class="unsupported">It fell.<span' in html
    assert '<td><span class="unsupported">2<span' in html


def test_words_in_it_are_escaped():
    assert "<b>" not in shown("It is <b>blue</b> [1].", (0, 18))
