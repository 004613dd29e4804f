"""A PostgreSQL of our own: its data in a new folder, under a user that it accepts."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from server_run import ServerRun

NO_POSTGRES = "no PostgreSQL on this machine: what several machines share is left out"
PASSWORD = "of-tests/only:%&"  # noqa: S105 - of a server that is gone after the tests
QUOTED = "of-tests%2Fonly%3A%25%26"

OPTIONS = {"fsync": "off", "shared_buffers": "16MB", "max_connections": "60"}
"""No machine goes down amid a test: what its processes wrote is there without fsync."""


def folder_of_programs() -> Path | None:
    """Return where `postgres` and `initdb` lie; Debian puts them on no path."""
    found = shutil.which("postgres")
    if found:
        return Path(found).resolve().parent
    return max(Path("/usr/lib/postgresql").glob("*/bin"), default=None)


def _require_postgres() -> None:
    if folder_of_programs() is None:
        if os.environ.get("CI"):
            pytest.fail("CI must have postgresql")
        pytest.skip(NO_POSTGRES)


class PostgresRun(ServerRun):
    """Started again, it holds what its folder holds."""

    def __init__(self, folder: Path) -> None:
        super().__init__("", alive="", log=folder / "postgres.log")
        programs = folder_of_programs()
        assert programs is not None
        self._programs = programs
        self._data = folder / "data"
        self.log.touch()
        if self.user:
            for path in (folder, self.log):
                shutil.chown(path, self.user, self.user)

    @classmethod
    @contextmanager
    def started(cls) -> Iterator[PostgresRun]:
        """Lend a server; pytest's own folders are closed to other users.

        Skips the test where there is no PostgreSQL, and fails it in CI.
        """
        _require_postgres()
        with tempfile.TemporaryDirectory(prefix="postgres-") as folder:
            server = cls(Path(folder))
            server.start()
            try:
                yield server
            finally:
                server.stop()

    @property
    def user(self) -> str | None:
        """Not the superuser: PostgreSQL refuses to run as that."""
        if os.geteuid() != 0:
            return None
        names = {entry.pw_name for entry in pwd.getpwall()}
        return "postgres" if "postgres" in names else "nobody"

    @property
    def command(self) -> Sequence[str]:
        told = {**OPTIONS, "listen_addresses": "127.0.0.1", "unix_socket_directories": ""}
        options = [word for name, value in told.items() for word in ("-c", f"{name}={value}")]
        data = ("-D", str(self._data), "-p", str(self.port))
        return (str(self._programs / "postgres"), *data, *options)

    @property
    def ending(self) -> signal.Signals:
        """As a machine that loses its power: nothing is ended in order."""
        return signal.SIGQUIT

    def start(self) -> None:
        if not self._data.exists():
            self._make()
        super().start()

    def new_database(self) -> str:
        """Make a database; return its address."""
        name = f"d{uuid4().hex}"
        self.tell(f"CREATE DATABASE {name}")
        return self.url_of(name)

    def url_of(self, name: str) -> str:
        return f"postgresql://ours:{QUOTED}@127.0.0.1:{self.port}/{name}"

    def tell(self, statement: str) -> None:
        with psycopg.connect(self.url_of("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())

    def _make(self) -> None:
        secret = self.log.with_name("secret")
        secret.write_text(PASSWORD)
        if self.user:
            shutil.chown(secret, self.user, self.user)
        words = ("-D", self._data, "-U", "ours", "-A", "scram-sha-256", f"--pwfile={secret}")
        subprocess.run(
            [self._programs / "initdb", *words, "--no-sync", "-E", "UTF8", "--locale=C.UTF-8"],
            check=True,
            capture_output=True,
            user=self.user,
            group=self.user,
            cwd=self.log.parent,
        )

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url_of("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True
