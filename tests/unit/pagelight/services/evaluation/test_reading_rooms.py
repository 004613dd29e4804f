"""How often the evidence is in what a model reads, measured and told."""

import io
from contextlib import redirect_stdout
from dataclasses import replace

from builders_answer import DEPTHS, WINTER, chunk, hit
from builders_evaluation import a_report

from pagelight.cli.evaluate_terminal import print_evaluation
from pagelight.services.evaluation.reading_rooms import ReadingRoomMeter
from rag.answer.question.question import understand
from rag.datamodel import Context, Provenance
from rag.evaluation.records.questions import parse_question
from rag.evaluation.records.report import read_report, write_report

PAGE = replace(chunk("p", WINTER, source="s.pdf"), provenances=(Provenance(page=4),))


TABLE = b'"source": "depths.csv"'
SCAN = b'"source": "s.pdf", "page": 4'


class Rooms:
    """Gives every question the depths in words and, where pictures fit, a page of a scan."""

    def __init__(self):
        self.index = self

    def documents(self):
        return []

    def chunks_of(self, doc_id):
        assert doc_id == ""
        return []

    def reading_rooms(self, asked, sizes):
        assert asked.text.startswith("How")
        pages = (hit(PAGE, 2),)
        source = (hit(chunk("d", DEPTHS, source="depths.csv"), 1),)
        return [
            Context(hits=source, pages=pages if size.pictures else (), pictures=(2,))
            for size in sizes
        ]


def questions():
    lines = (
        b'{"id": "a", "question": "How deep?", "answers": ["317 cm"], "source": "depths.csv"}',
        b'{"id": "b", "question": "How white?", "answers": ["x"], "modality": "image", %s}' % SCAN,
        b'{"id": "c", "question": "How far?", "answers": ["9 km"], "kind": "list", %s}' % TABLE,
    )
    return [parse_question(line, line=n) for n, line in enumerate(lines, start=1)]


def measured():
    counted = []
    meter = ReadingRoomMeter(Rooms(), lambda asked: understand(asked.text), seed=0)
    rooms = meter.over(questions(), on_done=lambda: counted.append(1))
    assert len(counted) == 3
    return rooms


def test_it_is_told_and_kept_in_the_report(tmp_path):
    report = replace(a_report(), context=measured())
    write_report(report, tmp_path / "r.json")
    with redirect_stdout(io.StringIO()) as out:
        print_evaluation(read_report(tmp_path / "r.json"))

    told = out.getvalue()
    assert "3 questions: evidence in what a model reads" in told
    assert "6,000" in told
    assert "8 pictures" in told
    assert "Lacking in the default room: c" in told
