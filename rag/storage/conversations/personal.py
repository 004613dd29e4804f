"""All that is kept of what one person said, was told and prefers. Knows which stores there are."""

from __future__ import annotations

from rag.storage.conversations.conversations import Conversations
from rag.storage.conversations.pins import Pins
from rag.storage.conversations.preferences import Preferences
from rag.storage.conversations.reports import Reports
from rag.storage.conversations.shares import Shares
from rag.storage.conversations.user_rows import MayShow
from rag.storage.database.servers import GrowingAnswers, ServerMarks
from rag.storage.database.sources import LeftOut
from rag.storage.database.user_database import UserDatabase


class PersonalStores:
    """Those of `owner`; `may_show` is as `UserRows` says."""

    def __init__(
        self,
        users: UserDatabase,
        servers: ServerMarks,
        *,
        owner: str = "",
        may_show: MayShow | None = None,
    ) -> None:
        self.conversations = Conversations(users, owner=owner, may_show=may_show)
        self.reports = Reports(users, owner=owner, may_show=may_show)
        self.shares = Shares(users, owner=owner, may_show=may_show)
        self.pins = Pins(users, owner=owner, may_show=may_show)
        self.preferences = Preferences(users, owner=owner)
        self.growing = GrowingAnswers(users, servers, owner=owner)
        self.left_out = LeftOut(users, hidden=may_show is not None)
