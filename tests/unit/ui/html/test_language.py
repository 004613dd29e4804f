"""The page in the language of who reads: the catalogues have every word, and no other."""

import ast
import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

from ingest.files.formats import FORMATS
from rag.answer.base.refusal import NOTHING_FOUND
from rag.neural.models.model_table import HEARERS, MODELS
from ui.chat import page
from ui.chat.conversation_list import told_time
from ui.html.language import (
    LANGUAGES,
    catalogue,
    chosen,
    known,
    say,
    say_count,
    say_number,
    speaking,
)

UI = Path(page.__file__).parents[1]
CALLS = {"say", "key", "say_count"}
SAID = re.compile(r"\bsay(?:Count)?\(((?:[^()]|\([^()]*\))*)\)")
WORDS = re.compile(r'"((?:[^"\\]|\\.)*)"')
SENTENCE = re.compile(r"[^=|]*[A-Za-z]{3}[^=|]*")
MARKUP = re.compile(r"</[a-z]|<[a-z]\w*[ >]")
FIELDS = re.compile(r"\{\w+\}")
OF_BOXES = {"Ask in words, with pictures or files", "New conversation", "Your question"}
OTHERS = sorted(set(LANGUAGES) - {"en"})
NAMES = {*LANGUAGES.values(), "Pagelight", "Esc", "CSV", "XLSX"}
FOR_TERMINALS = {"terminal", "evaluation"}
"""Rooms whose words are printed, or stand in a report that is kept."""

TOLD_BELOW = (
    "ingest/**/*.py",
    "rag/index/assets.py",
    "rag/index/buckets/*.py",
    "service/asking/turns.py",
)
"""Modules whose sentences a page shows: why files are not read, what a question waits for."""

FOR_OPERATORS = {
    "confinement.py",
    "ray_actors.py",
    "ray_cluster.py",
    "ray_lending.py",
    "ray_reader.py",
    "language.py",
    "pipeline.py",
}
"""Modules among them whose sentences go to a terminal or a log."""

SENTENCES = re.compile(r"[A-Z{][^\n<>]* [^\n<>]*[a-z)}”][.…]")
SENTENCE_END = re.compile(r"(?<=[a-z)}]\.) (?=[A-Z])")

TOLD_BY_PAGES = (
    "rag/question_length.py",
    "service/people/keeping.py",
    "service/people/passwords.py",
    "service/people/users.py",
    "service/work/collections.py",
    "service/work/jobs.py",
    "service/work/shared_jobs.py",
    "service/work/quotas.py",
    "service/work/table_jobs.py",
    "ui/chat/conversations.py",
    "ui/entry/account.py",
    "ui/entry/collections_routes.py",
    "ui/entry/people_routes.py",
    "ui/http/uploads.py",
    "ui/library/library_files.py",
    "ui/library/library_routes.py",
    "ui/source/region.py",
    "ui/start/demo.py",
)
"""Modules whose errors a page shows."""


class Markup(HTMLParser):
    """The words of static markup: its texts, and what its fields and buttons are called."""

    def __init__(self) -> None:
        super().__init__()
        self.words: set[str] = set()
        self._is_code = False

    def handle_data(self, data):
        if not self._is_code:
            self.words.add(data.strip())

    def handle_starttag(self, tag, attrs):
        self._is_code = tag in {"code", "style", "script"}
        named = {"title", "aria-label", "placeholder", "alt"}
        self.words |= {value for name, value in attrs if name in named and value}

    def handle_endtag(self, tag):
        del tag
        self._is_code = False


def of_python():
    for path in UI.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in CALLS:
                yield from (
                    arg.value
                    for arg in node.args
                    if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
                )


def of_scripts():
    for path in {*(UI / "static").rglob("*.js")} - {UI / "static" / "shell" / "language.js"}:
        for call in SAID.finditer(path.read_text("utf-8")):
            yield from (w for w in WORDS.findall(call[1]) if w != "true")


def of_markup():
    markup = Markup()
    for value in vars(page).values():
        if isinstance(value, str) and value.startswith("<"):
            markup.feed(value)
    markup.feed(page.language_choice())
    return {w for w in markup.words if re.search("[A-Za-z]{3}", w) and "{" not in w} - NAMES


def of_errors():
    """What pages may tell of errors: their words, and what to do."""
    for path in TOLD_BY_PAGES:
        for node in ast.walk(ast.parse((UI.parent / path).read_text("utf-8"))):
            is_error = isinstance(node, ast.Call) and getattr(node.func, "id", "").endswith("Error")
            if is_error and node.args and isinstance(node.args[0], ast.Constant):
                hints = [word.value for word in node.keywords if word.arg == "hint"]
                yield from (w.value for w in (node.args[0], *hints) if isinstance(w, ast.Constant))


def of_sentences():
    """What is told in sentences below the pages, and said by them: the words of each."""
    for path in (path for room in TOLD_BELOW for path in UI.parent.glob(room)):
        for text in literals(path) if path.name not in FOR_OPERATORS else ():
            if SENTENCES.fullmatch(text) and "--" not in text:
                yield from SENTENCE_END.split(text)


def form(text):
    """A sentence without the names of its values."""
    return re.sub(r"\{\w*\}", "{}", text)


def literals(path):
    """The texts of a module, with a field in place of each value."""
    tree = ast.parse(path.read_text("utf-8"))
    within = {id(part) for n in ast.walk(tree) if isinstance(n, ast.JoinedStr) for part in n.values}
    within |= {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}  # docstrings
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = (getattr(part, "value", "") for part in node.values)
            yield "".join(part if isinstance(part, str) else "{x}" for part in parts)
        elif isinstance(node, ast.Constant) and id(node) not in within:
            yield node.value if isinstance(node.value, str) else ""


def test_every_language_has_every_word_and_no_other():
    wanted = {*of_python(), *of_scripts(), *of_markup(), *of_errors(), *OF_BOXES}
    wanted |= {kind.name for kind in FORMATS if re.search("^[a-z ]+$| [a-z]", kind.name)}
    for model in (*MODELS, *HEARERS):
        wanted |= {model.adds, model.languages} - {"99"} - NAMES
    wanted = {form(words) for words in wanted}
    below = {form(words) for words in of_sentences()}
    written = written_below()

    for language in OTHERS:
        had = {form(words) for words in catalogue(language)}
        assert sorted((wanted | below) - had) == [], f"lacking in {language}"
        unused = had - wanted - below
        unused = {words for words in unused if words.removesuffix("{}") not in written}
        assert sorted(unused) == [], f"unused in {language}"


def written_below():
    paths = (
        path for room in ("rag", "ingest", "service") for path in (UI.parent / room).rglob("*.py")
    )
    return "\n".join(form(text) for path in paths for text in literals(path))


def test_no_markup_of_the_server_has_words_that_are_not_looked_up():
    """But for what is built once, which the page's script looks up."""
    found = {}
    for path in UI.rglob("*.py"):
        markup = Markup()
        for text in literals(path) if path.parent.name not in FOR_TERMINALS else ():
            if MARKUP.search(text):
                markup.feed(FIELDS.sub("", text))
                markup.close()
                markup.reset()
        words = {w for w in markup.words if re.fullmatch(SENTENCE, w)} - of_markup() - NAMES
        found |= {str(path.relative_to(UI)): sorted(words)} if words else {}

    assert found == {}


def test_no_style_has_words():
    styles = "".join(path.read_text("utf-8") for path in (UI / "static").rglob("*.css"))

    assert re.findall(r'content: *"[^"]*[A-Za-z]{3}[^"]*"', styles) == []


@pytest.mark.parametrize("language", OTHERS)
def test_what_is_filled_in_is_the_same_in_every_language(language):
    for english, told in catalogue(language).items():
        assert sorted(FIELDS.findall(english)) == sorted(FIELDS.findall(told)), english
        assert told.strip() == told != ""
        assert not set(told) & set('<>"'), told  # it stands in attributes too


def test_words_are_said_in_the_language_that_is_spoken():
    assert say("Copy") == "Copy"
    with speaking("de"):
        assert say("{n} of {count}", n=2, count=3) == "2 von 3"
        assert say_count(1, "{n} source.", "{n} sources.") == "1 Quelle."
        assert known("Snow fell.") == "Snow fell."
        assert known(NOTHING_FOUND) != NOTHING_FOUND
    assert say("Copy") == "Copy"


@pytest.mark.parametrize(
    ("cookie", "accepted", "language"),
    [
        ("", "", "en"),
        ("", "de-AT,de;q=0.9,en;q=0.8", "de"),
        ("", "nl,fr;q=0.5", "fr"),
        ("", "nl", "en"),
        ("", "*", "en"),
        ("a=b; language=es", "de", "es"),
        ("language=xx", "de", "de"),
        ("language=../en; \x00", "fr-CH", "fr"),
    ],
)
def test_the_language_is_the_chosen_one_or_that_of_the_browser(cookie, accepted, language):
    assert chosen(cookie=cookie, accepted=accepted) == language


def test_numbers_have_the_marks_of_the_language():
    assert say_number(1234.5, places=1) == "1,234.5"
    with speaking("de"):
        assert say_number(1234) == "1.234"
        assert say_number(6.14, places=1) == "6,1"


def test_days_and_times_are_told_as_the_language_has_them():
    now = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
    then = datetime(2026, 3, 5, 9, 30, tzinfo=UTC).timestamp()

    assert told_time(then, now) == "5 Mar"
    with speaking("de"):
        assert told_time(then, now) == "5. März"
    with speaking("fr"):
        assert told_time(now.timestamp(), now) == "15:00"
