import pytest

from rag.datamodel import Answer, Query
from rag.errors import SourceError, WorkspaceError
from rag.evaluation.records.kept import KeptRecords
from rag.evaluation.records.questions import EvaluationQuestion
from rag.evaluation.records.report import LineError
from rag.evaluation.runner import Way, run


class Asked:
    """Answers with the question's own words; keeps what was asked."""

    def __init__(self):
        self.questions = []

    def __call__(self, question):
        if question.text == "broken":
            raise SourceError("The picture can't be read.")
        if question.text == "stop":
            raise KeyboardInterrupt
        self.questions.append(question.text)
        return Answer(query=Query(text=question.text), text=question.text, complete=True)


def questions(*texts):
    return [
        EvaluationQuestion(id=str(n), line=n, text=text) for n, text in enumerate(texts, start=1)
    ]


def ask_all(folder, asked, *texts, key=None, fresh=False):
    with KeptRecords(folder, key or {"program": "1"}, fresh=fresh) as kept:
        return run(questions(*texts), [Way(ask=asked, kept=kept)], words=40, on_done=lambda: None)


def test_a_question_that_can_not_be_asked_is_told_and_stops_no_other(tmp_path):
    outcome = ask_all(tmp_path, Asked(), "one", "broken", "two")

    assert outcome.errors == (LineError(line=2, reason="The picture can't be read."),)
    assert len(outcome.records) == 2


def test_a_second_run_asks_only_what_is_new(tmp_path):
    first = ask_all(tmp_path, Asked(), "one", "two")
    again = Asked()

    outcome = ask_all(tmp_path, again, "new", "one", "two")

    assert again.questions == ["new"]
    assert [record.line for (record,) in outcome.records] == [1, 2, 3]
    assert outcome.records[1][0].answer == first.records[0][0].answer


def test_a_run_that_was_stopped_goes_on_where_it_was(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        ask_all(tmp_path, Asked(), "one", "stop", "two")
    again = Asked()

    ask_all(tmp_path, again, "one", "two")

    assert again.questions == ["two"]


def test_a_line_that_was_cut_off_is_asked_again(tmp_path):
    ask_all(tmp_path, Asked(), "one", "two")
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:-20])
    again = Asked()

    ask_all(tmp_path, again, "one", "two")

    assert again.questions == ["two"]
    third = Asked()
    ask_all(tmp_path, third, "one", "two")
    assert third.questions == []


def test_a_folder_that_can_not_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(WorkspaceError, match="can't be kept"):
        KeptRecords(tmp_path / "file", {})
