"""LaTeX, reStructuredText, source code and subtitles."""

from contextlib import suppress

import pytest
from builders_office import parse_text, picture_bytes, told

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
        ("list", "- Oil it\n  1. daily\nRest: an hour"),
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
def test_broken_latex_is_read_or_refused(tmp_path, text):
    with suppress(SourceError):
        assert parse_text(tmp_path, "a.tex", text).media_type == "text/x-tex"


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


def test_subtitles_carry_their_seconds(tmp_path):
    text = (
        "1\n00:00:01,000 --> 00:00:02,500\n<i>The well</i>\nis deep.\n\n2\n00:00:03,000 --> "
        "00:00:04,000\n{\\an8}How deep?\n\n3\n01:00:03,250 --> 01:00:04,000\n63 metres.\n"
    )

    document = parse_text(tmp_path, "a.srt", text)

    assert told(document) == [
        ("paragraph", "The well is deep.\nHow deep?"),
        ("paragraph", "63 metres."),
    ]
    assert [(p.start_s, p.end_s) for e in document.elements for p in e.provenances] == [
        (1.0, 2.5),
        (3.0, 4.0),
        (3603.25, 3604.0),
    ]
