import base64
import hashlib
import re
from html.parser import HTMLParser

import pytest
from builders_evaluation import BOX, OTHER_BOX, a_record, a_report, a_right_record
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from rag.errors import PagelightError
from rag.evaluation.html.album import Mark, Picture
from rag.evaluation.html.report_html import report_html, write_html
from rag.evaluation.records.report import (
    Ablation,
    Difference,
    Estimate,
    EvaluationReport,
    Gold,
    HitRecord,
    LineError,
)


class Skeleton(HTMLParser):
    """The elements of a page with the names of their attributes, and its words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.values: list[str] = []
        self.words: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        if tag != "mark":
            self.tags.append((tag, tuple(name for name, _ in attributes)))
        self.values += [value or "" for _, value in attributes]

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(self.words)


class FakePainter:
    """Gives every region a picture of so many bytes; remembers what was asked for."""

    def __init__(self, size_bytes=10):
        self.asked = []
        self.size_bytes = size_bytes

    def __call__(self, source, page, marks):
        self.asked.append((source, page, tuple(marks)))
        data = b"x" * self.size_bytes
        return Picture(data=data, media_type="image/jpeg", width_px=40, height_px=30)


def test_a_wrong_answer_is_shown_with_all_that_explains_it():
    html = report_html(a_report(a_record(standalone_query="How deep was the snow in 2025?")))
    words = Skeleton(html).text

    for part in (
        "How deep was the snow?",
        "Searched as: How deep was the snow in 2025?",
        "312 cm",
        "It was deep [1].",
        "The answer does not hold “312 cm”.",
        "confidence 0.80",
        "right file, other page",
    ):
        assert part in words


def test_the_right_region_stands_beside_what_was_found_and_cited():
    painter = FakePainter()
    html = report_html(a_report(a_record()), paint=painter)

    assert painter.asked == [
        ("report.pdf", 2, (Mark(box=BOX, kind="gold"),)),
        ("report.pdf", 5, (Mark(box=BOX, kind="found"), Mark(box=OTHER_BOX, kind="cited"))),
        ("report.pdf", 2, ()),
    ]
    assert html.count("<img ") == 3


def test_accepted_answers_are_marked_where_they_were_found_but_not_inside_numbers():
    hits = (HitRecord(rank=1, source="a.txt", page=None, score=1.0, text="312 cm, not 1312 cm"),)
    html = report_html(a_report(a_record(hits=hits, citations=())))

    assert "<mark>312 cm</mark>, not 1312 cm" in html


def test_an_answer_that_should_not_have_been_given_expects_none():
    record = a_record(answerable=False, expected=(), gold=Gold(sources=("report.pdf",)))
    html = report_html(a_report(record))

    assert "no answer: the documents do not say" in html
    assert 'data-outcome="unanswerable"' in html
    assert "The answer stands here" not in html
    assert "right page<" not in html


def test_pictures_end_where_the_file_would_become_too_large():
    painter = FakePainter(size_bytes=100)
    html = report_html(a_report(a_record(), a_record(id="q3")), paint=painter, picture_bytes=250)

    assert html.count("<img ") == 2
    assert "Pictures end where" in html


def test_only_its_own_script_may_run():
    html = report_html(a_report(a_record()))
    (script,) = re.findall(r"<script>(.*?)</script>", html, flags=re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()

    assert f"script-src 'sha256-{digest}'" in html


WORDS = st.text(min_size=1, max_size=30).filter(lambda words: words.strip())
HOSTILE = st.one_of(
    WORDS,
    st.sampled_from(
        [
            "<script>alert(1)</script>",
            "</article></main><img src=x onerror=alert(1)>",
            '" onmouseover="alert(1)',
            "' autofocus onfocus='alert(1)",
            "--><!-- ]]> </style>",
            "\u202egnp.exe\x00\x1b[31m",
            "&lt;b&gt;&#x3c;i>",
        ]
    ),
)


def _report_of(words: str) -> EvaluationReport:
    hit = HitRecord(rank=1, source=words, page=1, score=0.5, text=words, boxes=(BOX,))
    record = a_record(
        id=words,
        question=words,
        history=({"role": "user", "content": words},),
        standalone_query="asked: " + words,
        modality="table " + words.replace(" ", "_"),
        expected=(words,),
        gold=Gold(sources=(words,), pages=(1,), evidence=words),
        answer=words,
        why=words,
        hits=(hit,),
        citations=(),
        image=words,
    )
    errors = (LineError(line=1, reason=words),)
    return a_report(record, questions=words, models={words: words}, errors=errors)


@settings(max_examples=15)
@given(words=HOSTILE)
def test_whatever_documents_and_questions_say_never_becomes_markup(words):
    harmless = Skeleton(report_html(_report_of("harmless")))
    html = report_html(_report_of(words))

    assert Skeleton(html).tags == harmless.tags
    assert html.count("<script>") == 1


@pytest.mark.parametrize("records", [(), (a_record(),), (a_right_record(),) * 3])
def test_any_number_of_questions_makes_a_page_with_well_formed_plots(records):
    html = report_html(a_report(*records))

    assert html.startswith("<!doctype html>")
    for plot in re.findall(r"<svg.*?</svg>", html, flags=re.DOTALL):
        etree.fromstring(plot)


@pytest.mark.parametrize(
    ("p", "value", "said"), [(0.01, -0.2, "worse"), (0.01, 0.2, "better"), (0.3, -0.2, "unclear")]
)
def test_an_ablation_says_whether_its_difference_is_real(p, value, said):
    whole = Estimate(value=0.5, low=0.4, high=0.6, n=20)
    difference = Difference(value=value, low=value - 0.1, high=value + 0.1, p=p)
    ablation = Ablation(metrics={"page_hit@5": whole}, difference={"page_hit@5": difference})
    html = report_html(a_report(ablations={"without lexical": ablation}))

    assert "without lexical" in html
    assert f'<span class="verdict {said}">{said}</span>' in html


def test_a_report_is_written_with_lone_surrogates_made_harmless(tmp_path):
    path = tmp_path / "report.html"
    write_html(a_report(a_record(answer="broken \ud800 letter")), path)

    assert "broken \ufffd letter" in path.read_text("utf-8")


def test_a_report_that_cannot_be_written_is_told_in_a_sentence(tmp_path):
    with pytest.raises(PagelightError, match="can't be written"):
        write_html(a_report(), tmp_path / "no" / "folder.html")
