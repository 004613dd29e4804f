"""What streams ends with the right to it."""

from builders_users import Clock
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from fastapi.testclient import TestClient

from pagelight.server.middleware.authentication import SignInRefusal
from pagelight.server.middleware.guard import CHECKED_S, Guard
from pagelight.services.accounts.person import Person


class Leaving:
    """Knows somebody twice, and nobody afterwards."""

    needs = ""

    def __init__(self):
        self.asked = 0

    def answers(self, _scope):
        return False

    async def person(self, _scope):
        self.asked += 1
        return Person(name="ann", collections=()) if self.asked <= 2 else SignInRefusal()


def test_a_stream_goes_on_until_its_reader_is_put_out_and_what_is_whole_is_sent_unasked():
    app, clock, entrance = FastAPI(), Clock(), Leaving()
    made = []

    @app.get("/events")
    def events():
        async def pieces():
            while len(made) < 100:
                made.append(1)
                clock.now_s += CHECKED_S
                yield "piece"

        return StreamingResponse(pieces())

    @app.get("/whole")
    def whole():
        clock.now_s += CHECKED_S
        return "whole"

    client = TestClient(Guard(app, hosts=None, entrance=entrance, now=clock))

    assert client.get("/events").text == "piece"
    assert len(made) == 2
    entrance.asked = 1
    assert client.get("/whole").json() == "whole"
