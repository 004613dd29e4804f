"""Users with a cheap hash of one password, headers that sign in, and a clock of our own."""

from __future__ import annotations

import base64

from pagelight.services.accounts.person import Cost, Person, User, hashed

PASSWORD = "avalanche"  # noqa: S105 - of tests only
HASH = hashed(PASSWORD, cost=Cost(ln=4))


class Clock:
    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


def a_user(name: str, *collections: str, everything: bool = False, role: str = "") -> User:
    """Make somebody; who sees everything administers, unless their role is told."""
    seen = None if everything else collections
    usual = "administers" if everything else "reads"
    return User(person=Person(name=name, collections=seen, role=role or usual), password=HASH)


def basic(name: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()
