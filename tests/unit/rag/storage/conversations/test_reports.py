"""Answers reported as wrong: kept, corrected, withdrawn, and asked again by an evaluation."""

import json
from dataclasses import replace

import numpy as np
import pytest
from builders_ui import a_chunk, an_answer
from fake_library import FakeLibrary
from fastapi import FastAPI
from fastapi.testclient import TestClient

from pagelight.services.answering.answer_json import cited_json, reports_json, write_questions
from pagelight.ui.chat.routes import report_routes
from rag.datamodel import Turn
from rag.evaluation.questions import read_questions
from rag.storage.conversations.exchange import Exchange
from rag.storage.conversations.reports import Reports

TALK = "0123456789abcdef"
RAIN = Exchange(
    id="e0", question="Rain?", answer=an_answer("3 mm fell. [1]", a_chunk("3 mm fell."))
)
SNOW = Exchange(
    id="e1",
    question="And snow?",
    answer=an_answer("Snow fell. [1]", a_chunk()),
    scope=("reports/",),
)


@pytest.fixture
def library(tmp_path, store):
    library = FakeLibrary(folder=tmp_path, store=store)
    for exchange in (RAIN, SNOW):
        library.conversations.put(TALK, exchange)
    return library


@pytest.fixture
def client(library):
    app = FastAPI()
    app.include_router(report_routes(library))
    with TestClient(app) as client:
        yield client


def report_snow(client):
    return client.post(f"/reports/{TALK}/e1").json()["id"]


def test_a_report_keeps_question_answer_history_scope_and_cited_places(client, library):
    report_snow(client)
    (report,) = library.reports.all()

    assert (report.question, report.answer) == ("And snow?", "Snow fell. [1]")
    assert report.history == (Turn(question="Rain?", answer="3 mm fell. [1]"),)
    assert report.scope == ("reports/",)
    assert [place["source"] for place in report.cited] == ["report.pdf"]


def test_reports_become_questions_that_an_evaluation_reads(client, library, tmp_path):
    right, absent = report_snow(client), client.post(f"/reports/{TALK}/e0").json()["id"]
    client.put(f"/reports/{right}", json={"right": "12 cm"})
    client.put(f"/reports/{absent}", json={"absent": True})
    library.conversations.put(TALK, replace(SNOW, id="e2"))
    unsaid = client.post(f"/reports/{TALK}/e2").json()["id"]
    made = tmp_path / "questions.jsonl"
    written = write_questions(reports_json(library), made)
    questions, errors = read_questions(made)
    by_id = {question.id: question for question in questions}

    assert (written, errors) == ((3, 0), [])
    assert by_id[right].answers == ("12 cm",)
    assert [by_id[key].answerable for key in (right, absent, unsaid)] == [True, False, None]
    assert by_id[right].history == (
        {"role": "user", "content": "Rain?"},
        {"role": "assistant", "content": "3 mm fell. [1]"},
    )
    assert json.loads(made.read_text("utf-8").splitlines()[0])["wrong"] == "Snow fell. [1]"


def test_the_picture_of_a_question_is_kept_and_goes_with_the_export(library, tmp_path):
    sign = library.assets.put(np.zeros((8, 8, 3), np.uint8)).id
    asked = Exchange(id="e2", question="", picture=sign, answer=an_answer("A hut."))
    library.conversations.put(TALK, asked)
    library.reports.put(TALK, "e2", library.conversations.get(TALK), cited=cited_json)
    library.conversations.delete(TALK)
    library.conversations.purge()
    write_questions(reports_json(library), tmp_path / "asked.jsonl")
    (question,), _ = read_questions(tmp_path / "asked.jsonl")

    assert library.tidy.in_use() == {sign}
    assert (tmp_path / question.image).read_bytes() == library.assets.find(sign)[0].read_bytes()


def test_an_answer_is_good_or_wrong_by_what_was_said_last(client, library):
    good = client.post(f"/reports/{TALK}/e1?good=true").json()["id"]

    assert client.get(f"/reports/{TALK}").json()[good]["good"] is True
    assert library.reports.all() == []

    assert report_snow(client) == good
    assert client.get(f"/reports/{TALK}").json()[good]["good"] is False
    assert [report.id for report in library.reports.all()] == [good]
    client.delete(f"/reports/{good}")
    assert client.get(f"/reports/{TALK}").json() == {}


def test_nobody_marks_what_another_person_reported(store):
    anns, bobs = Reports(store, owner="ann"), Reports(store, owner="bob")
    key = anns.put(TALK, "e1", [RAIN, SNOW], cited=cited_json)
    bobs.put(TALK, "e1", [RAIN, SNOW], cited=cited_json, good=True)

    assert [report.id for report in anns.of(TALK)] == [key]
    assert bobs.of(TALK) == []
