"""Many people at once: failures, time to the first text, memory, file handles: over Gradio's API.

python -m benchmarks.scale.load [--people 20] [--minutes 5] [--pause 10] [--sign-in] [--questions N]
    [--folder FOLDER]

Starts the chat over demo/, waits until all is read, then lets each person ask the demo's questions
in an order of their own, with a pause (exponential, that mean) after each answer. All begin within
one pause; `--pause 0` is everybody asking all the time, which no server of two cores keeps up with.
With `--questions` it ends after so many: `--people 8 --pause 0 --questions 1000 --minutes 60` shows
whether what the server holds stays the same. With `--sign-in` each has a name, signs in by the form
as a browser does, and asks by the cookie: so each has an application of their own.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Final, NamedTuple

import httpx
import psutil

from pagelight.services.accounts.person import Person, User, hashed
from pagelight.services.accounts.users import write_users

DEMO: Final = Path(__file__).parents[2] / "demo"
SAMPLE_S: Final = 2.0
START_S: Final = 600.0
ASK_S: Final = 120.0
SEED: Final = 0
UNASKED: Final = ("", [], "", "", [])
"""What else `/ask` takes, in its order: nothing of it (docs/reference/api.md)."""
PASSWORD: Final = "avalanche"  # noqa: S105 - of a server that lives as long as the run


class Held(NamedTuple):
    """What there is after so many answers: of the server, and of all its children together."""

    answers: int
    server_mb: float
    handles: int
    threads: int
    children: int
    children_mb: float
    children_handles: int


@dataclass(slots=True)
class Measured:
    """What the people saw, the server's memory as (seconds, megabytes), and its time at work.

    `held` is what the server and its children hold at the same moments.
    """

    sign_in_s: list[float] = field(default_factory=list)
    first_text_s: list[float] = field(default_factory=list)
    whole_s: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    memory: list[tuple[float, float]] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    processor_s: float = 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--pause", type=float, default=10.0, help="seconds between questions")
    parser.add_argument("--sign-in", action="store_true", help="each has a name and a password")
    parser.add_argument("--folder", type=Path, default=DEMO / "documents")
    parser.add_argument("--questions", type=int, default=sys.maxsize, help="of all people, at most")
    chosen = parser.parse_args()
    measured = Measured()
    with _server(chosen.folder, chosen.people if chosen.sign_in else 0) as (url, process):
        _ask_all(url, process, measured, chosen)
    print(json.dumps(_summary(measured, chosen), indent=2))


def _ask_all(
    url: str, process: psutil.Process, measured: Measured, chosen: argparse.Namespace
) -> None:
    """Let the people ask until the time is over, and watch the memory meanwhile."""
    until = time.monotonic() + 60 * chosen.minutes
    people = [
        threading.Thread(target=_person, args=(url, n, until, chosen, measured))
        for n in range(chosen.people)
    ]
    begin, used = time.monotonic(), sum(process.cpu_times()[:2])
    for person in people:
        person.start()
    while any(person.is_alive() for person in people):
        held = _held_now(process, len(measured.whole_s))
        measured.memory.append((time.monotonic() - begin, held.server_mb))
        measured.held.append(held)
        time.sleep(SAMPLE_S)
    measured.processor_s = sum(process.cpu_times()[:2]) - used


def _held_now(process: psutil.Process, answers: int) -> Held:
    """Return what the server holds; a child that ends meanwhile holds nothing."""
    children_mb, handles, alive = 0.0, 0, 0
    for child in process.children(recursive=True):
        with contextlib.suppress(psutil.Error):
            children_mb += child.memory_info().rss / 2**20
            handles += child.num_fds()
            alive += 1
    used_mb = process.memory_info().rss / 2**20
    own = process.num_fds(), process.num_threads()
    return Held(answers, used_mb, *own, alive, children_mb, handles)


def _person(
    url: str, number: int, until: float, chosen: argparse.Namespace, measured: Measured
) -> None:
    """Ask one question after the other; what fails is kept as words."""
    chance = random.Random(SEED + number)  # noqa: S311 - seeded on purpose, nothing is secret
    pause_s = chosen.pause
    try:
        headers = _signed_in(url, number, measured) if chosen.sign_in else {}
    except Exception as error:  # noqa: BLE001 - whatever it is, the person never came in
        measured.failures.append(f"{type(error).__name__}: {error}"[:200])
        return
    client = httpx.Client(base_url=url, headers=headers, timeout=ASK_S, trust_env=False)
    time.sleep(chance.uniform(0, pause_s))
    while time.monotonic() < until and len(measured.whole_s) < chosen.questions:
        question = chance.choice(_questions())
        try:
            first_s, whole_s = _asked(client, question)
        except Exception as error:  # noqa: BLE001 - whatever it is, the person got no answer
            measured.failures.append(f"{type(error).__name__}: {error}"[:200])
        else:
            measured.first_text_s.append(first_s)
            measured.whole_s.append(whole_s)
        if pause_s:
            time.sleep(chance.expovariate(1 / pause_s))


def _signed_in(url: str, number: int, measured: Measured) -> dict[str, str]:
    """Sign in by the form; return what a browser sends from then on."""
    begin = time.monotonic()
    form = {"name": _name(number), "password": PASSWORD}
    answer = httpx.post(f"{url}/sign-in", data=form, headers={"origin": url}, timeout=ASK_S)
    if answer.status_code != HTTPStatus.SEE_OTHER:
        raise RuntimeError(f"signing in was answered with {answer.status_code}")
    cookie = answer.headers["set-cookie"].partition(";")[0]
    measured.sign_in_s.append(time.monotonic() - begin)
    return {"cookie": cookie, "origin": url}


def _name(number: int) -> str:
    return f"person {number}"


def _asked(client: httpx.Client, question: str) -> tuple[float, float]:
    """Return the seconds to the first text, and to the whole answer.

    By two plain requests: Gradio's own client looks a thousand times a second whether there is
    more, and 40 of them took a third of the machine.
    """
    begin = time.monotonic()
    begun = client.post(
        "/gradio_api/call/ask", json={"data": [question, *UNASKED]}
    ).raise_for_status()
    first_s = 0.0
    with client.stream("GET", f"/gradio_api/call/ask/{begun.json()['event_id']}") as lines:
        for name, text in _events(lines.raise_for_status().iter_lines()):
            if text and not first_s:
                first_s = time.monotonic() - begin
            if name == "complete" and text:
                return first_s, time.monotonic() - begin
    raise ValueError(f"no answer to {question!r}")


def _events(lines: Iterator[str]) -> Iterator[tuple[str, str]]:
    """Yield the name and the answer's text of each event that tells of one."""
    name = ""
    for line in lines:
        key, _, value = line.partition(": ")
        if key == "event":
            name = value
        elif key == "data" and name in {"generating", "complete"}:
            yield name, json.loads(value)[0]["text"]


def _questions() -> list[str]:
    lines = (DEMO / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["question"] for line in lines]


@contextlib.contextmanager
def _server(folder: Path, people: int) -> Iterator[tuple[str, psutil.Process]]:
    """Lend a chat over the documents of a folder, everything read and every model loaded.

    So many `people` have a name; 0: nobody has.
    """
    with tempfile.TemporaryDirectory() as room, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
        probe.close()
        program = str(Path(sys.executable).with_name("pagelight"))
        command = [program, "chat", str(folder), "--workspace", f"{room}/ws"]
        users = _users(Path(room), people) if people else ""
        with subprocess.Popen(
            [*command, "--port", port],
            env=os.environ | {"RAG_USERS": users, "RAG_TOKEN": "0"},
            stdout=subprocess.DEVNULL,
        ) as started:
            try:
                url = f"http://127.0.0.1:{port}"
                _wait(url, named=bool(people))
                yield url, psutil.Process(started.pid)
            finally:
                started.terminate()


def _users(room: Path, people: int) -> str:
    """Write a users file; all have one password, whose hash costs what a real one does."""
    stored = hashed(PASSWORD)
    named = [Person(name=_name(n), collections=None, role="reads") for n in range(people)]
    path = room / "users.json"
    write_users(path, {one.name: User(person=one, password=stored) for one in named})
    return str(path)


def _wait(url: str, *, named: bool) -> None:
    key = base64.b64encode(f"{_name(0)}:{PASSWORD}".encode()).decode()
    headers = {"authorization": f"Basic {key}"} if named else {}
    state = urllib.request.Request(f"{url}/state", headers=headers)  # noqa: S310 - ours
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), urllib.request.urlopen(state) as answer:  # noqa: S310 - ours
            if not json.load(answer)["busy"]:
                return
        time.sleep(1)
    raise SystemExit(f"the chat was not ready within {START_S:.0f} s")


def _summary(measured: Measured, chosen: argparse.Namespace) -> dict[str, object]:
    half = [m for m in measured.memory if m[0] >= measured.memory[-1][0] / 2]
    return {
        "people": chosen.people,
        "minutes": chosen.minutes,
        "pause_s": chosen.pause,
        "answers": len(measured.first_text_s),
        "failures": measured.failures,
        "sign_in_s": _quantiles(measured.sign_in_s),
        "first_text_s": _quantiles(measured.first_text_s),
        "whole_s": _quantiles(measured.whole_s),
        "processor_s_an_answer": round(measured.processor_s / max(1, len(measured.whole_s)), 2),
        "memory_mb": {
            "begin": round(measured.memory[0][1]),
            "half": round(half[0][1]),
            "end": round(measured.memory[-1][1]),
            "most": round(max(mb for _, mb in measured.memory)),
            "growth_a_minute_in_second_half": round(_slope(half) * 60, 2),
        },
        "held": _held(measured.held),
        "load_average": [round(value, 1) for value in os.getloadavg()],
    }


def _held(samples: Sequence[Held]) -> dict[str, object]:
    """Return what is held after each tenth of the answers, and what the server grows by."""
    last = samples[-1].answers
    at = [next(one for one in samples if one.answers >= last * part / 10) for part in range(11)]
    half = [(float(one.answers), one.server_mb) for one in samples if one.answers >= last / 2]
    return {
        " ".join(Held._fields): [" ".join(f"{value:.0f}" for value in one) for one in at],
        "mb_a_100_answers_in_second_half": round(_slope(half) * 100, 2),
    }


def _quantiles(seconds: Sequence[float]) -> dict[str, float]:
    ordered = sorted(seconds)
    if not ordered:
        return {}
    at = {"p50": 0.5, "p95": 0.95, "most": 1.0}
    return {
        name: round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 2)
        for name, share in at.items()
    }


def _slope(points: Sequence[tuple[float, float]]) -> float:
    """Return the least-squares slope: megabytes a second, or an answer."""
    return statistics.linear_regression(*zip(*points, strict=True)).slope


if __name__ == "__main__":
    main()
