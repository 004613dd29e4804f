"""A folder that is suddenly empty: every way in asks before the documents leave the index."""

import pytest
from fake_engine import FakeEngine
from fake_ingest import FakeIngest
from fake_library import FakeLibrary
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from app import cli
from pagelight import EmptiedError
from pagelight.server.app.api import api_app
from pagelight.server.app.page_routes import action_routes, reading_routes
from pagelight.services.jobs.jobs import Jobs

WAIT_S = 5


@pytest.fixture
def folder(tmp_path):
    """Its file has no words, so that no model is loaded."""
    made = tmp_path / "folder"
    made.mkdir()
    (made / "a.txt").write_text("\n\n")
    return made


def test_the_command_line_asks_for_an_option(folder, tmp_path):
    def ingest(*options):
        command = ["ingest", str(folder), "--workspace", str(tmp_path / "w"), *options]
        return CliRunner().invoke(cli, command)

    assert ingest().exit_code == 0
    (folder / "a.txt").unlink()

    asked = ingest()
    assert (asked.exit_code, asked.stderr.count("\n")) == (2, 1)
    assert f"The folder {folder} is empty, but the index holds 1 document of it." in asked.stderr
    assert "--remove-all" in asked.stderr
    assert "removed 1" in ingest("--remove-all").stdout
    assert ingest().exit_code == 0


class Chat:
    def __init__(self, folder):
        self.ingest = FakeIngest()
        self.ingest.go.set()
        self.jobs = Jobs(lambda: self.ingest, folder=folder)
        engine = FakeEngine(index=FakeLibrary(folder=folder))
        app = api_app(engine, self.jobs, lambda _: None, token="t")  # noqa: S106 - of this test only
        app.include_router(reading_routes(self.jobs))
        app.include_router(action_routes(self.jobs))
        headers = {"Authorization": "Bearer t"}
        self.client = TestClient(app, base_url="http://127.0.0.1", headers=headers)

    def press(self, action):
        response = self.client.post(f"/action/{action}")
        self.jobs.close(timeout_s=WAIT_S)
        return response.status_code


def test_the_button_of_the_chat_answers_the_question_and_nothing_else(folder):
    chat = Chat(folder)
    assert chat.press("remove-all") == 204
    chat.ingest.error = EmptiedError("It is empty.", hint="Use --remove-all.")
    assert chat.press("refresh") == 204
    assert chat.jobs.state.emptied
    chat.ingest.error = None
    assert chat.press("remove-all") == 204

    assert chat.ingest.removed_all == [False, False, True]


def test_a_running_chat_asks_the_command_line(folder):
    chat = Chat(folder)
    chat.ingest.error = EmptiedError("It is empty.", hint="Use --remove-all.")
    body = {"folder": str(folder)}
    asked = chat.client.post("/api/ingest", json=body)
    chat.ingest.error = None
    done = chat.client.post("/api/ingest", json=body | {"remove_all": True})

    assert (asked.status_code, asked.json()["error"]) == (422, "It is empty. Use --remove-all.")
    assert (done.status_code, chat.ingest.removed_all) == (200, [False, True])
