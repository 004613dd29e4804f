"""Whatever a document, a name or a model says, an exported file shows it and fetches nothing."""

import html
import re

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from pagelight.ui.answers.markdown import answer_markdown, plain

READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
PIECES = st.sampled_from(
    "![x](http://a.example/y.png)|[a](javascript:b)|<img src=x>|<http://a.example>|[1]: http://a/|"
    "[1]|**|*|_|`|```|~~~|# |> |- |+ |1. |1999. |1) |---|===|| a | b ||-|:-:|\n|\n\n|    |"
    "\t|&lt;|&#60;|\\|$$x$$|word|3.5|www.a.example|\x00|\x0c|\r|\u2028|\x85".split("|")
)
TEXTS = st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=12).map("".join))
LIVE = frozenset({"image", "link_open", "html_inline", "html_block", "code_inline", "fence"})


def read(text):
    """Return the kinds of what a reader of Markdown makes of it, and the words that it shows."""
    tokens = READER.parse(text)
    inner = [child for token in tokens for child in token.children or ()]
    shown = re.sub(r"<[^>]*>", "", READER.render(text))
    return {token.type for token in (*tokens, *inner)}, html.unescape(shown)


def words(text):
    return re.sub(r"[\x00-\x08\x0e-\x1b\x7f\ufffe\uffff]", "\ufffd", text).split()


@given(text=TEXTS)
def test_one_line_is_shown_letter_by_letter(text):
    kinds, shown = read(f"## {plain(text)}\n\n- q {plain(text)}\n  > {plain(text)}\n")

    assert not kinds & LIVE
    assert shown.split() == [*words(text), "q", *words(text), *words(text)]


@given(text=TEXTS)
def test_an_answer_fetches_nothing_and_loses_no_word(text):
    kinds, shown = read(answer_markdown(text))
    bare = re.compile(r"[-*•–\d.)\s]")

    assert not kinds & (LIVE | {"heading_open", "hr", "table_open", "blockquote_open"})
    assert bare.sub("", shown) == bare.sub("", "".join(words(text)))


def test_an_amount_is_no_formula_and_stays_as_it_is():
    assert plain("$5,738 and $6") == "$5,738 and $6"
    assert plain("$x$") == "\\$x\\$"


def test_lists_and_bold_words_of_an_answer_stay():
    kinds, shown = read(answer_markdown("**312 cm** fell. [1]\n\n- *one* | 1\n• two\n\n2) three"))

    assert {"strong_open", "bullet_list_open", "ordered_list_open"} <= kinds
    assert "em_open" not in kinds
    assert shown.split() == "312 cm fell. [1] *one* | 1 two three".split()
