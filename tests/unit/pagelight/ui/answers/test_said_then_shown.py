"""How the chat shows what the model of the set-up wrote: what is said, then what is shown."""

import re

from builders_ui import a_chunk, a_hit, an_answer

from pagelight.ui.answers.render import answer_html
from pagelight.ui.html.language import speaking
from rag.answer.base.refusal import PARTLY
from rag.answer.question.languages import other_language
from rag.datamodel import Context, Figure, ImageAsset, Query
from rag.datamodel.writing import Written

SAID = "Snow lay **3 m** deep [1]."
QUOTE = "“Snow lay 3 m deep in March.” [1]"
ROWS = "- Mar — Snow: 3 m [1]\n- Apr — Snow: 2 m [1]"
WRITING = "The answer is being written …"


def written(said, *quotations, **changes):
    text = "\n\n".join(filter(None, (said, *quotations)))
    start = len(text) - len("\n\n".join(quotations))
    return an_answer(text, *changes.pop("chunks", (a_chunk(),)), quoted_from=start, **changes)


def shown(answer):
    return answer_html(answer, key="k")


def parts(html):
    """What is said, and what is quoted below it."""
    said, quoted = re.search(
        r'<div class="said">(.*?)</div>(?:<blockquote class="quoted">(.*?)</blockquote>)?', html
    ).groups()
    return said, quoted or ""


def an_image(name):
    return ImageAsset(
        id=name * 64, path="x", media_type="image/png", width_px=9, height_px=9, phash="0" * 16
    )


def test_quotations_and_rows_are_set_off_below_what_is_said():
    said, quoted = parts(shown(written(SAID, QUOTE, ROWS)))

    assert said.startswith("<p>Snow lay <strong>3 m</strong> deep")
    assert "“" not in said
    assert quoted.startswith("<p>“Snow lay 3 m deep in March.”")
    assert quoted.count("<li>") == 2


def test_that_it_may_not_be_stated_is_a_label_in_the_language_of_who_reads():
    with speaking("es"):
        said, _ = parts(shown(written(f"{PARTLY}\n\n{SAID}", QUOTE)))

    assert said.startswith('<p class="lead">Quizá no se indica:</p><p>Snow')


def test_until_the_last_sentence_is_there_it_is_told_that_more_is_written():
    first, quoted = parts(shown(written("", QUOTE, complete=False)))
    later, _ = parts(shown(written(SAID, QUOTE, complete=False)))
    whole = shown(written(SAID, QUOTE))

    assert first == f'<p class="writing">{WRITING}</p>'
    assert "“Snow lay" in quoted
    assert later.endswith(f'</p><p class="writing">{WRITING}</p>')
    assert WRITING not in whole
    assert WRITING not in shown(an_answer(QUOTE, a_chunk(), complete=False))


def test_one_picture_at_max_stands_below_all_that_is_said_and_quoted():
    two = tuple(
        Figure(citation=0, caption=name, alt=name, image=an_image(name), page=2) for name in "ef"
    )
    html = shown(written(SAID, QUOTE, figures=two))

    assert html.count('class="shown"') == 1
    assert html.index("</blockquote>") < html.index("/asset/eee") < html.index('class="sources"')


def test_a_table_whose_rows_the_text_tells_is_not_shown_again():
    rows = a_chunk("Name | Weeks\nIlse | 19", role="table", provenances=())
    table = Figure(citation=0, caption="Duty", alt="Duty")

    assert "<th>" not in shown(an_answer("**19** — Ilse — Weeks: 19 [1]", rows, figures=(table,)))
    assert "<th>" in shown(an_answer("It is 19 [1].", rows, figures=(table,)))


def test_how_it_was_found_is_folded_into_one_place_that_is_closed():
    cited, unused = a_chunk("Snow."), a_chunk("Ice.", source="ice.pdf")
    answer = written(
        SAID,
        chunks=(cited,),
        context=Context(hits=(a_hit(cited), a_hit(unused, 2))),
        query=Query(text="And in May?"),
        standalone_query="How deep was the snow in May?",
        written=Written(read_tokens=9, tokens=6, first_s=0.5, seconds=0.7),
    )
    before, folded = shown(answer).split('<details class="how">')

    assert folded.startswith("<summary>How this was found</summary>")
    for told in ("How deep was the snow in May?", "[1] ", "Read, but not quoted:", "First words"):
        assert told in folded
        assert told not in before
    assert "how" not in shown(written(SAID, QUOTE, complete=False))


def test_how_a_question_in_another_language_was_read_is_folded_but_where_nothing_was_found():
    hits = (a_hit(a_chunk("The snow on the mountain lay deep in the winter of that year.")),)
    note = other_language("Wie hoch lag der Schnee auf dem Berg?", hits)
    told = shown(written(SAID, QUOTE, notes=(note,)))
    nothing = shown(an_answer("", answered=False, notes=(note,)))

    assert note.startswith("The question is in German")
    assert "is in German" in told.partition("<details")[2]
    assert told.count("is in German") == 1
    assert "is in German" in nothing.partition("<details")[0]
