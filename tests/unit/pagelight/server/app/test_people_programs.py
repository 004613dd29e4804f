"""Programs that ask in a person's name, over the front door: they find what that person sees."""

import pytest
from builders_people import WORD
from builders_users import PASSWORD

# Gradio counts its answers with what pandas calls deprecated.
pytestmark = pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")


def test_what_a_program_asks_is_answered_from_what_its_person_sees(client):
    question = {"role": "user", "content": f"How deep is {WORD}?"}
    body = {"model": "pagelight", "messages": [question]}
    call = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": {"name": "ask", "arguments": {"question": question["content"]}},
    }
    mcp = {"accept": "application/json, text/event-stream", "mcp-protocol-version": "2025-06-18"}

    def told(name):
        key = {"authorization": f"Bearer {name}:{PASSWORD}"}
        answer = client.post("/v1/chat/completions", json=body, headers=key)
        tools = client.post("/mcp", json=call, headers=key | mcp)
        assert (answer.status_code, tools.status_code) == (200, 200)
        return answer.json()["choices"][0]["message"]["content"].lower(), tools.text.lower()

    assert all(WORD in text for text in told("cy"))
    assert not any(f"{WORD} " in text for text in told("ann"))


def called(client, name, endpoint, *arguments):
    """Call an endpoint of Gradio's API, and return the id of the event and what it told."""
    auth = (name, PASSWORD)
    begun = client.post(f"/gradio_api/call/{endpoint}", json={"data": [*arguments]}, auth=auth)
    event = begun.json()["event_id"]
    return event, client.get(f"/gradio_api/call/{endpoint}/{event}", auth=auth).text


@pytest.mark.parametrize(
    ("endpoint", "arguments"),
    [("ask", ("How deep is the snow?", "", [], "", "", [])), ("search", ("snow", 10, "", "", ""))],
)
def test_programs_find_what_their_person_sees(client, endpoint, arguments):
    event, told = called(client, "ann", endpoint, *arguments)

    assert "open/report.pdf" in told
    assert WORD not in told
    assert f"secret/{WORD}.pdf" in called(client, "cy", endpoint, *arguments)[1]
    assert "open/report.pdf" not in called(client, "cy", endpoint, *arguments)[1]
    stolen = client.get(f"/gradio_api/call/{endpoint}/{event}", auth=("cy", PASSWORD))
    assert "open/report.pdf" not in stolen.text


def test_an_answer_that_nobody_reads_on_keeps_no_turn_of_others(client, house):
    """More of them than are answered at once: the next one is answered all the same."""
    body = {"data": ["How deep is the snow?", "", [], "", "", []]}
    for _ in range(house.settings.questions_at_once + 1):
        told = client.post("/gradio_api/run/ask", json=body, auth=("ann", PASSWORD))
        assert "open/report.pdf" in told.text

    assert "open/report.pdf" in called(client, "ann", "ask", *body["data"])[1]


def test_a_scope_widens_nothing(client):
    _, told = called(client, "ann", "search", "snow", 10, "secret/*", "", "")

    assert WORD not in told
    assert "open/" not in told
