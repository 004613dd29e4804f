"""The panel of how answers are wanted: what is offered, what is kept."""

from dataclasses import replace

import pytest
from builders_ui import client_of
from fake_engine import FakeEngine, FakeProfile
from fake_library import FakeLibrary

from pagelight.ui.chat.routes import preferences_routes
from rag.pipeline.engine.models_in_use import EMBEDDED, WRITTEN
from rag.storage.conversations.exchange import Exchange

TALK = "a" * 16
WRITES = FakeProfile(name="local", notice="Qwen writes <answers>.", writes=True)


@pytest.fixture
def engine(tmp_path):
    library = FakeLibrary(folder=tmp_path)
    library.conversations.put(TALK, Exchange(id="e1", question="Snow?"))
    return FakeEngine(index=library)


def settings_of(engine, **changes):
    return client_of(preferences_routes(replace(engine, **changes)))


def test_who_answers_and_own_instructions_are_offered_where_a_model_writes(engine):
    client = settings_of(engine, profile=WRITES)
    client.put(f"/preferences/of/{TALK}", json={"length": "long", "quoted": True})
    client.put("/preferences/instructions", json={"text": "In <euros>."})
    shown = client.get(f"/preferences/of/{TALK}")

    assert 'value="long" checked' in shown.text
    assert 'value="quoted" checked' in shown.text
    assert "Qwen writes &lt;answers&gt;." in shown.text
    assert "In &lt;euros&gt;.</textarea>" in shown.text


@pytest.mark.parametrize(("profile", "is_offered"), [(EMBEDDED, False), (WRITTEN, True)])
def test_the_writer_of_the_set_up_may_be_left_out_and_takes_no_instructions(
    engine, profile, is_offered
):
    shown = settings_of(engine, profile=profile).get("/preferences/of/next").text
    assert ('value="quoted"' in shown) is is_offered
    assert ('value="model" checked' in shown) is is_offered
    assert 'id="instructions"' not in shown


def test_a_model_is_chosen_for_a_conversation_and_told_when_it_is_gone(engine):
    others = {"<large>": "A server writes the answers."}
    client = settings_of(engine, profile=WRITES, others=others)
    assert 'value="model" checked' in client.get("/preferences/of/next").text
    body = {"length": "usual", "writer": "<large>"}
    assert client.put(f"/preferences/of/{TALK}", json=body).status_code == 204

    shown = client.get(f"/preferences/of/{TALK}").text
    assert 'value="writer:&lt;large&gt;" checked> &lt;large&gt;: A server writes' in shown
    assert 'value="model" checked' not in shown
    assert 'value="model" checked' in client.get("/preferences/of/next").text
    gone = settings_of(engine, profile=WRITES).get(f"/preferences/of/{TALK}").text
    assert "checked> &lt;large&gt; can not be had any more: the usual one answers" in gone


def test_prompts_are_saved_and_removed(engine):
    client = settings_of(engine)
    assert client.post("/preferences/prompts", json={"text": "Due <when>?"}).status_code == 204
    assert client.post("/preferences/prompts", json={"text": " "}).status_code == 409
    ((number, _),) = engine.index.preferences.prompts()
    assert "Due &lt;when&gt;?" in client.get("/preferences/of/next").text
    assert client.delete(f"/preferences/prompts/{number}").status_code == 204
    assert engine.index.preferences.prompts() == []


def test_only_own_conversations_and_known_lengths_are_taken(engine):
    client = settings_of(engine)

    assert client.get("/preferences/of/beef").status_code == 404
    assert client.put("/preferences/of/beef", json={"length": "short"}).status_code == 404
    assert client.put(f"/preferences/of/{TALK}", json={"length": "endless"}).status_code == 422
