"""Rows of one person in the database of what people wrote; what they may not see is withheld."""

from __future__ import annotations

import time
from collections.abc import Callable

from rag.datamodel import Answer
from rag.storage.conversations.exchange import grounds_of
from rag.storage.database.user_database import UserDatabase
from rag.storage.documents.scope import Grounds

MayShow = Callable[[Grounds], bool]
"""Tells whether a person may read what stands on these documents."""


class UserRows:
    """Those of `owner`. Safe for several threads.

    `may_show` tells whether they may still read an answer; None: all of them. `now` is in seconds
    since 1970.
    """

    def __init__(
        self,
        database: UserDatabase,
        *,
        owner: str = "",
        may_show: MayShow | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._database = database
        self._owner = owner
        self._may_show = may_show
        self._now = now

    def _may_read(self, answer: Answer) -> bool:
        return self._may_show is None or self._may_show(grounds_of(answer))
