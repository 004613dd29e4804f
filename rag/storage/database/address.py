"""The address of a PostgreSQL: read, and shown to people without its password."""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import Any, Final
from urllib.parse import urlsplit

from rag.errors import SettingsError

SCHEMES: Final = frozenset({"postgresql", "postgres"})

SESSION: Final[Mapping[str, Any]] = {
    "application_name": "pagelight",
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,  # milliseconds
}
"""How a connection is kept, unless the address says otherwise: a dead server is soon known."""

OPTIONS: Final = (
    "-c search_path=pagelight -c lock_timeout=30s -c idle_in_transaction_session_timeout=60s"
    " -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3"
)
"""What the server is told: a machine that is gone holds no lock for longer than 11 s."""

_CHECK: Final = "Write RAG_DATABASE_URL as postgresql://NAME:PASSWORD@HOST:5432/DATABASE."


def driver() -> ModuleType:
    """Return psycopg. Raises SettingsError where it is not installed."""
    try:
        import psycopg  # noqa: PLC0415 - only where a database is shared
    except ImportError as error:
        raise SettingsError(
            "RAG_DATABASE_URL needs the package psycopg.",
            hint="pip install 'pagelight[postgres]'",
        ) from error
    return psycopg


class DatabaseAddress:
    """Where a database is, and how it is reached. Its text holds no password."""

    def __init__(self, url: str) -> None:
        """Raises SettingsError for what is no address; it is not told, for its password."""
        if urlsplit(url).scheme not in SCHEMES:
            raise SettingsError("RAG_DATABASE_URL is no address of a PostgreSQL.", hint=_CHECK)
        try:
            given: dict[str, Any] = driver().conninfo.conninfo_to_dict(url)
        except driver().Error:
            raise SettingsError("RAG_DATABASE_URL can't be read.", hint=_CHECK) from None
        self._secret = str(given.get("password") or "")
        options = f"{OPTIONS} {given.pop('options', '')}".strip()
        self.parameters: Mapping[str, Any] = {**SESSION, **given, "options": options}

    def __str__(self) -> str:
        told = {"host": "localhost", "port": 5432, **self.parameters}
        return f"{told['host']}:{told['port']}/{told.get('dbname', '')}"

    def reason(self, error: Exception) -> str:
        """Return what a driver's error says, in one line, without the password."""
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        said = lines[0] if lines else type(error).__name__
        said = said.rpartition(" failed: ")[2].removeprefix("FATAL: ").strip().removesuffix(".")
        return said.replace(self._secret, "…") if self._secret else said
