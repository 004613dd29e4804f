from dataclasses import replace
from html.parser import HTMLParser

from builders_ui import a_chunk, a_hit, a_worked_out_answer, an_answer
from hypothesis import given
from hypothesis import strategies as st

from pagelight.ui.answers.render import answer_html
from pagelight.ui.chat.conversation import Conversation, UserMessage
from pagelight.ui.templating import escaped
from rag.datamodel import Context, Figure, ImageAsset, Query, QueryImage

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
    return Conversation().begin(UserMessage(text=text)).question["content"]


@given(st.text())
def test_escaped_text_makes_no_tag(text):
    assert Reader(escaped(text)).tags == []


def test_a_mark_becomes_a_chip_that_names_its_place():
    html = answer_html(an_answer("It was 3 m. [1]", a_chunk()), key="abc")

    assert Reader(html).chips() == ["abc/0"]
    assert "report.pdf" in html
    assert "[1]" not in html


def test_what_was_considered_and_not_cited_is_told_apart():
    cited, unused, dropped = (a_chunk("Snow.", source=name) for name in "abd")
    context = Context(hits=(a_hit(cited), a_hit(unused, 2)), dropped=(a_hit(dropped, 3),))
    html = answer_html(an_answer("Snow. [1]", cited, context=context), key="ab")
    read, left_out = html.index("Read, but not quoted"), html.index("Left out")

    assert html.index('<details class="how">') < read
    assert read < html.index('value="ab_c/0"') < left_out < html.index('value="ab_c/1"')
    assert "not quoted" not in answer_html(an_answer("Snow. [1]", cited), key="ab")


def test_a_mark_in_the_words_of_a_document_stays_text():
    html = answer_html(an_answer("“as shown in [1]” it was 3 m. [1]", a_chunk()), key="abc")

    assert len(Reader(html).chips()) == 1
    assert "“as shown in [1]”" in html


def test_markup_in_answers_questions_and_file_names_is_shown_not_obeyed():
    chunk = a_chunk(PROBE, source=f"a/{PROBE.replace('/', '')}.pdf")
    html = str(answer_html(an_answer(f"{PROBE} [1]", chunk), key="abc")) + asked(PROBE)

    assert {tag for tag, _ in Reader(html).tags} <= {"div", "p", "button", "span", "bdi"}
    assert all(not name.startswith("on") for _, a in Reader(html).tags for name in a)
    assert PROBE in Reader(html).text


def test_an_answer_keeps_paragraphs_lists_and_tables_apart():
    html = answer_html(an_answer("One.\n\n- first\n- second\n\na | b\n1 | 2"), key="k")

    assert '<p>One.</p><ul dir="auto"><li>first</li><li>second</li></ul>' in html
    assert "<tr><td>a</td><td>b</td></tr><tr><td>1</td><td>2</td></tr>" in html


def test_the_sources_are_listed_once_each_when_the_answer_is_complete():
    chunk = a_chunk()
    growing = answer_html(an_answer("Snow. [1]", chunk, complete=False), key="k")
    complete = answer_html(an_answer("Snow. [1]", chunk), key="k")

    assert "source-row" not in growing
    assert complete.count('class="source-row') == 1


def test_what_is_closest_is_shown_as_an_answer_with_its_sources():
    html = answer_html(
        an_answer("Not stated: [1]", a_chunk("Rain fell."), answered=False, closest=True), key="k"
    )

    assert "Not stated:" in html
    assert 'value="k/0"' in html
    assert html.count('class="source-row') == 1


def test_without_an_answer_the_nearest_places_are_chips():
    near = (a_hit(a_chunk("Rain fell.")), a_hit(a_chunk("Hail.", source="b.pdf"), rank=2))
    html = answer_html(an_answer("", answered=False, nearest=near), key="k")

    assert "Nothing was found about this in the documents." in html
    assert 'value="k/0"' in html
    assert 'value="k/1"' in html
    assert "Rain fell." in html


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


def test_no_word_of_a_table_is_markup():
    read = Reader(answer_html(a_worked_out_answer(PROBE), key="abc"))

    assert {"img", "script"}.isdisjoint(tag for tag, _ in read.tags)
    assert not any("onclick" in attributes for _, attributes in read.tags)


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
