"""Plain text, Markdown, LaTeX, reStructuredText, code and subtitles."""

from contextlib import suppress

import pytest
from builders_office import parse_text, picture_bytes, told

from ingest.parsers.text.plain import PARAGRAPH_LETTERS, plain_elements
from rag.errors import SourceError

PAPER = r"""
\documentclass{article} % a comment
\title{On \emph{Mills}}\author{Ada}
\begin{document}\maketitle
\section{The wheel}\label{a}
It turns 50\% slower at $v = \frac{a}{b}$. Caf\'e.

\input{secret}\include{secret.txt}
\begin{itemize}\item Oil it \begin{enumerate}\item daily\end{enumerate}
\item[Rest] an hour\end{itemize}
\begin{table}\caption{Bags}\begin{tabular}{l|rr}\hline & \multicolumn{2}{c}{Year} \\
Grain & 2024 & 2025 \\ Rye & 12 & 13 \\ \end{tabular}\end{table}
\begin{figure}\includegraphics[width=3cm]{wheel}\caption{A \textbf{wheel}}\end{figure}
\end{document}
"""


def test_a_paper_keeps_its_structure_and_formulas(tmp_path):
    (tmp_path / "wheel.png").write_bytes(picture_bytes())
    (tmp_path / "secret").write_text("The vault code is 4417.")

    document = parse_text(tmp_path, "a.tex", PAPER)

    assert document.title == "On Mills"
    assert told(document) == [
        ("title", "On Mills"),
        ("paragraph", "Ada"),
        ("heading", "The wheel"),
        ("paragraph", r"It turns 50% slower at $v = \frac{a}{b}$. Café."),
        ("list", "- Oil it\n  1. daily\n- Rest: an hour"),
        ("table", "Grain | Year 2024 | Year 2025\nRye | 12 | 13"),
        ("caption", "Bags"),
        ("figure", ""),
        ("caption", "A wheel"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "{" * 100_000,
        r"\begin{a}" * 20_000,
        r"\newcommand{\a}{\a\a}\a",
        "\\",
        r"\section{",
        "$" * 9999,
    ],
)
def test_broken_latex_is_read_or_refused(tmp_path, text, monkeypatch):
    monkeypatch.setattr("ingest.parsers.text.tex_macros.EXPANSIONS", 2_000)
    with suppress(SourceError):
        assert parse_text(tmp_path, "a.tex", text).media_type == "text/x-tex"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.txt", "CODE WORD PINEAPPLE"),
        ("a.txt", "1. The code word is pineapple"),
        ("a.md", "# The code word is pineapple"),
        ("a.html", "<b>The code word is pineapple</b>"),
    ],
)
def test_a_note_of_one_line_is_text_and_no_heading(tmp_path, name, text):
    assert [role for role, _ in told(parse_text(tmp_path, name, text))] == ["paragraph"]


def test_rst_is_read_and_its_directives_open_nothing(tmp_path):
    (tmp_path / "secret.txt").write_text("The vault code is 4417.")
    outer = (
        ".. include:: secret.txt\n\n.. csv-table::\n   :file: secret.txt\n\n"
        ".. raw:: html\n   :file: secret.txt\n\n.. literalinclude:: secret.txt\n\n"
        ".. raw:: html\n\n   <script>alert(4417)</script>\n"
    )
    table = "=== ==\nA   B\n=== ==\n1   2\n=== =="
    text = f"Mills\n=====\n\nThey *turn*.\n\n{outer}\n\n- one\n- two\n\n{table}\n"

    assert told(parse_text(tmp_path, "a.rst", text)) == [
        ("heading", "Mills"),
        ("paragraph", "They turn."),
        ("list", "- one\n- two"),
        ("table", "A | B\n1 | 2"),
    ]


def test_code_has_its_symbols_as_headings(tmp_path):
    text = (
        "import os\n\n@cached\ndef depth(well):\n    return 63\n\n"
        "class Mill:\n    def turn(self):\n        pass\n"
    )

    document = parse_text(tmp_path, "a.py", text)

    assert told(document) == [
        ("code", "import os"),
        ("heading", "def depth(well)"),
        ("code", "@cached\ndef depth(well):\n    return 63"),
        ("heading", "class Mill"),
        ("code", "class Mill:"),
        ("heading", "def turn(self)"),
        ("code", "    def turn(self):\n        pass"),
    ]


def kinds(text):
    return [(element.role, element.text) for element in plain_elements(text)]


def test_blank_lines_divide_paragraphs_and_wrapped_lines_are_joined():
    wrapped = "word " * 13 + "\n"

    assert kinds(wrapped * 3 + "end.\n\nNext one.") == [
        ("paragraph", " ".join(["word"] * 39) + " end."),
        ("paragraph", "Next one."),
    ]


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        ("WEATHER REPORT\n\nIt rained.", "WEATHER REPORT"),
        ("Chapter 4: The lake\n\nIt rained.", "Chapter 4: The lake"),
        ("2.1 Instruments\nIt rained.", "2.1 Instruments"),
        ("Weather\n=======\nIt rained.", "Weather"),
    ],
)
def test_headings_are_told_from_text(text, heading):
    assert kinds(text) == [("heading", heading), ("paragraph", "It rained.")]


def test_a_line_of_a_megabyte_is_divided_between_words(tmp_path):
    document = parse_text(tmp_path, "a.txt", "word " * 300_000)

    texts = [element.text for element in document.elements]
    assert max(map(len, texts)) <= PARAGRAPH_LETTERS
    assert sum(text.count("word") for text in texts) == 300_000
    assert {word for text in texts for word in text.split()} == {"word"}


def read(tmp_path, text):
    return parse_text(tmp_path, "a.md", text)


def test_markdown_keeps_the_same_kinds_as_a_page(tmp_path):
    document = read(
        tmp_path,
        "# Huts\n\nTwo *good* huts.\n\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | x\\|y |\n\n"
        "```\ncode  here\n```\n",
    )

    assert told(document) == [
        ("heading", "Huts"),
        ("paragraph", "Two good huts."),
        ("list", "- one\n- two"),
        ("table", "a | b\n1 | x¦y"),
        ("code", "code  here"),
    ]
    assert document.title == "Huts"


def test_html_inside_never_runs_and_scripts_are_left_out(tmp_path):
    document = read(
        tmp_path,
        "# Report <img src=x onerror=alert(1)>\n\n<script>alert(2)</script>\n\n"
        "[click](javascript:alert(3))\n\nThe toll is 9 florins.\n",
    )

    assert told(document) == [
        ("heading", "Report"),
        ("paragraph", "[click](javascript:alert(3))"),
        ("paragraph", "The toll is 9 florins."),
    ]


def test_local_pictures_are_figures_with_their_words(tmp_path):
    (tmp_path / "p.png").write_bytes(picture_bytes())

    assert told(read(tmp_path, "![A tower in snow](p.png) ![x](../../etc/passwd)")) == [
        ("figure", ""),
        ("caption", "A tower in snow"),
    ]
