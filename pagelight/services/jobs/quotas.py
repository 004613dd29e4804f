"""What one person may ask of an hour, and send of a day. Knows the ledger's counts; no HTTP."""

from __future__ import annotations

from typing import Final

from pagelight.services.accounts.person import Person
from rag.errors import QuotaError
from rag.settings import Settings
from rag.storage.accounts.audit import Usage

HOUR_S: Final = 3600.0
DAY_S: Final = 86_400.0
MEGABYTE: Final = 1_000_000


class Quotas:
    """One person's; 0 is no limit."""

    def __init__(self, usage: Usage, person: Person, settings: Settings) -> None:
        own_questions, own_mb = person.questions_an_hour, person.uploads_mb_a_day
        self.questions = settings.questions_an_hour if own_questions is None else own_questions
        self.uploads_mb = settings.uploads_mb_a_day if own_mb is None else own_mb
        self._usage = usage
        self._name = person.key

    def ask(self, count: int = 1) -> None:
        """Count questions that are about to be asked. Raises QuotaError where it is enough."""
        if not self.questions:
            return
        wait_s = self._usage.take(
            self._name, "questions", count, most=self.questions, within_s=HOUR_S
        )
        if wait_s and count > self.questions:
            raise QuotaError(
                "That is {n} questions at once, and you may ask {most} an hour.",
                hint="Ask fewer.",
                n=count,
                most=self.questions,
            )
        if wait_s:
            raise QuotaError(
                "You have asked as much as you may for now: {most} an hour.",
                hint="Ask again in {time}; who administers Pagelight can allow more.",
                most=self.questions,
                time=_waiting_time(wait_s),
            )

    def send(self, size_bytes: int) -> None:
        """Count a file that is about to come. Raises QuotaError where it is enough."""
        if not self.uploads_mb:
            return
        most = self.uploads_mb * MEGABYTE
        wait_s = self._usage.take(self._name, "bytes", size_bytes, most=most, within_s=DAY_S)
        if wait_s and size_bytes > most:
            raise QuotaError(
                "The file is larger than the {most} MB that you may send a day.",
                hint="Ask who administers Pagelight to add it.",
                most=self.uploads_mb,
            )
        if wait_s:
            raise QuotaError(
                "You have sent as much as you may for now: {most} MB a day.",
                hint="Send it in {time}; who administers Pagelight can allow more.",
                most=self.uploads_mb,
                time=_waiting_time(wait_s),
            )


def _waiting_time(seconds: float) -> str:
    minutes = max(1, round(seconds / 60))
    if minutes < 90:  # noqa: PLR2004 - an hour and a half is told in minutes
        return f"{minutes} min"
    return f"{round(minutes / 60)} h"
