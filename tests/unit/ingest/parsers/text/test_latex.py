"""Macros, units and what hides or marks words in LaTeX."""

import pytest
from builders_office import parse_text, told
from work import growth

from ingest.parsers.text.tex_macros import expanded


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (r"\newcommand{\ship}{Frigate Eleonore}The \ship\ sails.", "The Frigate Eleonore sails."),
        (r"\newcommand\ship{Frigate}\ship{}s and \emph{\ship}.", "Frigates and Frigate."),
        (
            r"\newcommand*{\p}[2][Kiel]{#1, berth #2}\p{4}; \p[Vardo]{5}",
            "Kiel, berth 4; Vardo, berth 5",
        ),
        (r"\def\q#1#2{#1 and #2}\q{x}{y}, \q ab", "x and y, a and b"),
        (r"\def\a{one}\let\b=\a\renewcommand{\a}{two}\a\ \b", "two one"),
        (r"\newcommand{\in}{tin}\newcommand{\out}[1]{#1 of \in}\out{box}", "box of tin"),
        (
            r"\gdef\a#1{<#1>}\a{x} y",
            "<x> y",
        ),
        (r"\def\Long{no}Gun \\Long", "Gun Long"),
        (r"Open\begin{comment}hid\end{comment} to\iffalse hid\fi{} all", "Open to all"),
        (r"\SI{12}{\knot}, \qty[per-mode=symbol]{3}{\kilo\metre\per\hour}", "12 kn, 3 km/h"),
        (
            r"\SI{3.5e6}{\square\metre}, \qty{5}{m/s}, \SI{20}{\degreeCelsius}",
            "3.5 × 10^6 m², 5 m/s, 20 °C",
        ),
        (r"\num{1e5}, \ang{45}, \SIrange{1}{5}{\newton\metre}", "1 × 10^5, 45°, 1 to 5 N m"),
        (r"10\textsuperscript{6}, m\textsuperscript{2}, H\textsubscript{2}O", "10^6, m², H₂O"),
        (r"\sout{900 kroner} 650 kroner", "~~900 kroner~~ 650 kroner"),
        (r"\href{http://a.b/c}{the list}, \mbox{to a man}", "the list, to a man"),
        (r"\verb|x_y{\a}| is set.", r"x_y{\a} is set."),
        (r"Set on \today", "Set on"),
    ],
)
def test_a_macro_is_read_as_what_it_sets(tmp_path, written, read):
    assert told(parse_text(tmp_path, "a.tex", written)) == [("paragraph", read)]


def test_a_macro_may_hold_a_heading_and_code_keeps_its_own(tmp_path):
    text = r"\newcommand{\h}[1]{\section{#1}}\h{Guns}\begin{verbatim}\h{x}\end{verbatim}"

    assert told(parse_text(tmp_path, "a.tex", text)) == [("heading", "Guns"), ("code", r"\h{x}")]


def test_each_row_has_the_label_of_a_cell_that_reaches_down(tmp_path):
    rows = r"Deck & Man & Cap\\ \multirow{2}{*}{Upper} & Nils & 8\\ & Ole & \makecell{7\\up}\\"
    document = parse_text(tmp_path, "a.tex", rf"\begin{{tabular}}{{lll}}{rows}\end{{tabular}}")

    assert told(document) == [("table", "Deck | Man | Cap\nUpper | Nils | 8\nUpper | Ole | 7 up")]


def test_macros_are_expanded_in_time_that_grows_as_the_text_does():
    for once in (r"\a{x} ", r"\a{", r"\newcommand{\a}", r"\a   ", r"\begin{comment}", r"\verb|"):

        def expand(times, once=once):
            return lambda: expanded(r"\newcommand{\a}[1]{#1}" + once * times)

        assert growth(expand, 2_000) < 3
