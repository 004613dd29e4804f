import re
from dataclasses import replace
from html.parser import HTMLParser

from builders_ui import a_chunk, a_hit, a_worked_out_answer, an_answer
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from pagelight.ui.answers.render import answer_html
from pagelight.ui.chat.conversation import ExchangeView
from pagelight.ui.language import speaking
from pagelight.ui.templating import escaped
from rag.datamodel import Context, Figure, ImageAsset, Query, QueryImage
from rag.datamodel.writing import Written
from rag.refusal import PARTLY
from rag.storage.conversations.exchange import Exchange
from rag.understanding.question.odd_input import other_language

PROBE = "<img src=x onerror=alert(1)> <script>alert(2)</script> \" onclick='x'"


class Reader(HTMLParser):
    """Collects the text of HTML, and its tags with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(str(html))
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data

    def chips(self):
        return [a["value"] for _, a in self.tags if a.get("class") == "chip"]


def asked(text):
    exchange = ExchangeView(asked=Exchange(id="", question=text))
    exchange.show_question()
    return exchange.question["content"]


@given(st.text())
def test_escaped_text_makes_no_tag(text):
    assert Reader(escaped(text)).tags == []


def test_a_mark_becomes_a_chip_that_names_its_place_and_no_mark_of_a_documents_words_does():
    text = "“as shown in [1]” it was 3 m. [1]\n\n- first\n- second\n\na | b\n1 | 2"
    html = answer_html(an_answer(text, a_chunk()), key="abc")
    growing = answer_html(an_answer(text, a_chunk(), complete=False), key="abc")

    assert Reader(html).chips() == ["abc/0"]
    assert "“as shown in [1]” it was 3 m." in html
    assert '</p><ul dir="auto"><li>first</li><li>second</li></ul>' in html
    assert "<tr><td>a</td><td>b</td></tr><tr><td>1</td><td>2</td></tr>" in html
    assert [one.count('class="source-row') for one in (html, growing)] == [1, 0]


def test_two_files_of_one_name_are_told_apart():
    chunks = [a_chunk(id=year, source=f"{year}/report.csv") for year in ("2021", "2022")]
    html = answer_html(an_answer("12 [1]\n\n7 [2]", *chunks), key="abc")

    assert all(html.count(f"{year}/report.csv") == 2 for year in ("2021", "2022"))  # mark and row


def test_markup_in_answers_questions_and_file_names_is_shown_not_obeyed():
    chunk = a_chunk(PROBE, source=f"a/{PROBE.replace('/', '')}.pdf")
    shown = [answer_html(an_answer(f"{PROBE} [1]", chunk, unsupported=((0, 9),)), key="abc")]
    shown += [answer_html(a_worked_out_answer(PROBE), key="abc"), asked(PROBE)]
    html = "".join(map(str, shown))

    assert {"img", "script"}.isdisjoint(tag for tag, _ in Reader(html).tags)
    assert all(not name.startswith("on") for _, a in Reader(html).tags for name in a)
    assert PROBE in Reader(html).text


def test_without_an_answer_the_nearest_places_are_chips():
    near = (a_hit(a_chunk("Rain fell.")), a_hit(a_chunk("Hail.", source="b.pdf"), rank=2))
    html = answer_html(an_answer("", answered=False, nearest=near), key="k")
    closest = an_answer("Not stated: [1]", a_chunk("Rain fell."), answered=False, closest=True)

    assert "Nothing was found about this in the documents." in html
    assert 'value="k/0"' in html
    assert 'value="k/1"' in html
    assert "Rain fell." in html
    assert answer_html(closest, key="k").count('class="source-row') == 1


def test_a_rewritten_question_is_edited_once_its_answer_is_complete_and_needs_no_picture():
    rewritten = {"standalone_query": "How much snow fell in May?"}
    picture = QueryImage(path="a.png", phash="0" * 16)
    words, shown = Query(text="And in May?"), Query(text="And in May?", image=picture)

    assert "edit-search" in answer_html(an_answer("x", query=words, **rewritten), key="k")
    growing = an_answer("x", query=words, complete=False, **rewritten)
    assert "edit-search" not in answer_html(growing, key="k")
    assert "edit-search" not in answer_html(an_answer("x", query=shown, **rewritten), key="k")


def test_what_was_worked_out_is_folded_and_its_cells_are_chips():
    html = answer_html(a_worked_out_answer(), key="abc")

    assert "<summary>Worked out: 482</summary>" in html
    assert Reader(html).chips() == ["abc/0", "abc_w/0", "abc_w/1"]
    assert "482 — the sum of Snow cm" in html


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


IMAGE = ImageAsset(
    id="f" * 64, path="x", media_type="image/png", width_px=9, height_px=9, phash="0" * 16
)


def figure(**changes):
    values = {"citation": 0, "caption": "Depths <b>", "alt": "Depths. 212 317", "page": 2}
    return Figure(**values | changes)


def test_a_picture_stands_below_the_words_that_cite_it():
    html = answer_html(
        an_answer("Snow fell. [1]\n\nRain fell.", a_chunk(), figures=(figure(image=IMAGE),)),
        key="k",
    )
    words, picture, later = (
        html.index(part) for part in ("Snow fell.", f"/asset/{IMAGE.id}", "Rain fell.")
    )

    assert words < picture < later
    assert 'alt="Depths. 212 317"' in html
    assert "Depths &lt;b&gt; · page 2" in html
    assert 'class="picture" name="source" value="k/0"' in html


def test_each_table_of_an_answer_has_a_name_of_its_own():
    html = html_of(
        an_answer("**Name** | Weeks\nIlse | 19\n\nName | Weeks\nTom | 22 [1]", a_chunk())
    )
    names = [part["title"] for _, part in Reader(html).tags if part.get("class") == "table"]

    assert names == ["Table 1: Name, Weeks", "Table 2: Name, Weeks"]


def test_a_table_without_a_drawn_page_is_its_header_and_the_cited_row():
    rows = "Name | Weeks\nIlse <i> | 19\nTomasz | 22"
    chunk = a_chunk(rows, role="table", provenances=())
    answer = an_answer("It is 19. [1]", chunk, figures=(figure(page=None),))
    (cited,) = answer.citations
    answer = replace(answer, citations=(replace(cited, quote="Ilse <i> | 19"),))
    html = answer_html(answer, key="k")

    assert "<th>Name</th><th>Weeks</th>" in html
    assert "<td>Ilse &lt;i&gt;</td><td>19</td>" in html
    assert "Tomasz" not in html


SAID = "Snow lay **3 m** deep [1]."
QUOTE = "“Snow lay 3 m deep in March.” [1]"
ROWS = "- Mar — Snow: 3 m [1]\n- Apr — Snow: 2 m [1]"
WRITING = "The answer is being written …"


def written(said, *quotations, **changes):
    text = "\n\n".join(filter(None, (said, *quotations)))
    start = len(text) - len("\n\n".join(quotations))
    return an_answer(text, *changes.pop("chunks", (a_chunk(),)), quoted_from=start, **changes)


def html_of(answer):
    return answer_html(answer, key="k")


def parts(html):
    """What is said, and what is quoted below it."""
    said, quoted = re.search(
        r'<div class="said">(.*?)</div>(?:<blockquote class="quoted">(.*?)</blockquote>)?', html
    ).groups()
    return said, quoted or ""


def test_quotations_and_rows_are_set_off_below_what_is_said():
    said, quoted = parts(html_of(written(SAID, QUOTE, ROWS)))

    assert said.startswith("<p>Snow lay <strong>3 m</strong> deep")
    assert "“" not in said
    assert quoted.startswith("<p>“Snow lay 3 m deep in March.”")
    assert quoted.count("<li>") == 2


def test_that_it_may_not_be_stated_is_a_label_in_the_language_of_who_reads():
    with speaking("es"):
        said, _ = parts(html_of(written(f"{PARTLY}\n\n{SAID}", QUOTE)))

    assert said.startswith('<p class="lead">Quizá no se indica:</p><p>Snow')


def test_until_the_last_sentence_is_there_it_is_told_that_more_is_written():
    first, quoted = parts(html_of(written("", QUOTE, complete=False)))
    later, _ = parts(html_of(written(SAID, QUOTE, complete=False)))
    whole = html_of(written(SAID, QUOTE))

    assert first == f'<p class="writing">{WRITING}</p>'
    assert "“Snow lay" in quoted
    assert later.endswith(f'</p><p class="writing">{WRITING}</p>')
    assert WRITING not in whole
    assert WRITING not in html_of(an_answer(QUOTE, a_chunk(), complete=False))


def test_one_picture_at_max_stands_below_all_that_is_said_and_quoted():
    two = tuple(
        Figure(
            citation=0, caption=name, alt=name, image=structs.replace(IMAGE, id=name * 64), page=2
        )
        for name in "ef"
    )
    html = html_of(written(SAID, QUOTE, figures=two))

    assert html.count('class="shown"') == 1
    assert html.index("</blockquote>") < html.index("/asset/eee") < html.index('class="sources"')


def test_a_table_whose_rows_the_text_tells_is_not_shown_again():
    rows = a_chunk("Name | Weeks\nIlse | 19", role="table", provenances=())
    table = Figure(citation=0, caption="Duty", alt="Duty")

    assert "<th>" not in html_of(an_answer("**19** — Ilse — Weeks: 19 [1]", rows, figures=(table,)))
    assert "<th>" in html_of(an_answer("It is 19 [1].", rows, figures=(table,)))


def test_how_it_was_found_is_folded_into_one_place_that_is_closed():
    cited, unused, dropped = (a_chunk("Snow.", source=name) for name in "abd")
    answer = written(
        SAID,
        chunks=(cited,),
        context=Context(hits=(a_hit(cited), a_hit(unused, 2)), dropped=(a_hit(dropped, 3),)),
        query=Query(text="And in May?"),
        standalone_query="How deep was the snow in May?",
        written=Written(read_tokens=9, tokens=6, first_s=0.5, seconds=0.7),
    )
    before, folded = html_of(answer).split('<details class="how">')

    assert folded.startswith("<summary>How this was found</summary>")
    for told in ("How deep was the snow in May?", "[1] ", "Read, but not quoted:", "First words"):
        assert told in folded
        assert told not in before
    read, left_out = folded.index("Read, but not quoted"), folded.index("Left out")
    assert read < folded.index('value="k_c/0"') < left_out < folded.index('value="k_c/1"')
    assert "how" not in html_of(written(SAID, QUOTE, complete=False))


def test_how_a_question_in_another_language_was_read_is_folded_but_where_nothing_was_found():
    hits = (a_hit(a_chunk("The snow on the mountain lay deep in the winter of that year.")),)
    note = other_language("Wie hoch lag der Schnee auf dem Berg?", hits)
    told = html_of(written(SAID, QUOTE, notes=(note,)))
    nothing = html_of(an_answer("", answered=False, notes=(note,)))

    assert note.startswith("The question is in German")
    assert "is in German" in told.partition("<details")[2]
    assert told.count("is in German") == 1
    assert "is in German" in nothing.partition("<details")[0]
