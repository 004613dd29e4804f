"""An application for each person: made once, made anew with other rights, begun and ended."""

import asyncio
from contextlib import asynccontextmanager

import pytest
from builders_ui import wait
from builders_users import Clock
from fastapi import FastAPI
from fastapi.testclient import TestClient

from pagelight.server.middleware.asgi import PERSON
from pagelight.server.middleware.people import IDLE_S, People
from pagelight.services.accounts.person import OWNER, Person

ANN, BOB = Person(name="ann", collections=("a",)), Person(name="bob", collections=None)


class Made:
    """An application that tells whose it is, and notes how it fares."""

    def __init__(self, person, log, error=None):
        self.log, self.person, self.error, self.at_work = log, person, error, False
        self.asgi = FastAPI(lifespan=self._live)
        self.asgi.get("/who")(lambda: [person.name, person.collections])

    @asynccontextmanager
    async def _live(self, _app):
        if self.error:
            raise self.error
        self.log.append(f"{self.person.name} begins")
        yield
        self.log.append(f"{self.person.name} ends")

    def close(self):
        self.log.append(f"{self.person.name} is closed")


class As:
    """Puts the person who asks into the scope, as the guard does."""

    def __init__(self, people):
        self.people, self.person = people, ANN

    async def __call__(self, scope, receive, send):
        await self.people({**scope, PERSON: self.person}, receive, send)


@pytest.fixture
def log():
    return []


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def made():
    return {}


@pytest.fixture
def people(log, made, clock):
    api = FastAPI()
    api.get("/api/status")(lambda: "api")

    def make(person):
        made[person.name] = Made(person, log)
        return made[person.name]

    return As(People(make, api, now=clock))


def test_each_person_has_an_application_that_is_made_once(people, log):
    with TestClient(people) as client:
        assert client.get("/who").json() == ["ann", ["a"]]
        assert client.get("/who").json() == ["ann", ["a"]]
        people.person = BOB
        assert client.get("/who").json() == ["bob", None]
        assert log == ["ann begins", "bob begins"]

    assert sorted(log[2:]) == ["ann ends", "bob ends"]


def test_other_rights_make_another_application_and_end_the_former(people, log):
    with TestClient(people) as client:
        client.get("/who")
        people.person = Person(name="ann", collections=("b",))
        assert client.get("/who").json() == ["ann", ["b"]]

        assert log.count("ann begins") == 2
        assert "ann is closed" in log


def test_the_owners_application_begins_with_the_server(people, log):
    people.people.prepare(OWNER)
    with TestClient(people):
        assert log == [" begins"]

    people.people.close()
    assert log == [" begins", " ends", " is closed"]


def test_an_application_that_nobody_uses_is_given_back_and_made_again(people, log, clock):
    with TestClient(people) as client:
        client.get("/who")
        clock.now_s += IDLE_S - 1
        client.portal.call(people.people.give_back_idle)
        assert log == ["ann begins"]
        clock.now_s += 2 * IDLE_S
        client.portal.call(people.people.give_back_idle)
        wait(lambda: len(log) == 3)
        assert sorted(log[1:]) == ["ann ends", "ann is closed"]

        assert client.get("/who").json() == ["ann", ["a"]]
        assert log[3:] == ["ann begins"]


def test_what_is_in_use_or_at_work_or_was_prepared_stays(people, log, made, clock):
    people.people.prepare(OWNER)
    with TestClient(people) as client:
        client.get("/who")

        async def check():
            clock.now_s += 2 * IDLE_S
            await people.people.give_back_idle()
            return {}

        made["ann"].asgi.get("/check")(check)
        client.get("/check")  # a request while it is looked for what is idle
        made["ann"].at_work = True
        client.portal.call(check)
        assert log == [" begins", "ann begins"]
        made["ann"].at_work = False
        client.portal.call(check)
        assert "ann is closed" in log
        assert " is closed" not in log


def test_programs_reach_the_api_and_nothing_else_there(people):
    with TestClient(people) as client:
        assert client.get("/api/status").json() == "api"
        assert client.get("/api/who").status_code == 404


def test_at_the_same_time_one_is_made(log):
    people = People(lambda person: Made(person, log), FastAPI())

    async def ask():
        sent = []

        async def send(message):
            sent.append(message)

        async def receive():
            return {"type": "http.request"}

        scope = {"type": "http", "method": "GET", "path": "/who", "headers": [], PERSON: ANN}
        await people({**scope, "query_string": b""}, receive, send)
        return sent[0]["status"]

    async def many():
        return await asyncio.gather(*(ask() for _ in range(5)))

    assert asyncio.run(many()) == [200] * 5
    people.close()
    assert log == ["ann is closed"]


def test_an_application_that_can_not_begin_is_tried_again(log):
    errors = [ValueError("no queue"), None]
    people = As(People(lambda person: Made(person, log, errors.pop(0)), FastAPI()))
    with TestClient(people) as client:
        with pytest.raises(ValueError, match="no queue"):
            client.get("/who")
        assert client.get("/who").status_code == 200
