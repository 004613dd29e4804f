"""The two that keep what people say: each test of a store is asked of both."""

from contextlib import ExitStack
from functools import partial

import pytest

from rag.storage.database.postgres import PostgresDatabase
from rag.storage.database.user_database import UserFile


@pytest.fixture(params=["sqlite", "postgres"])
def open_store(request, tmp_path):
    """Return what opens the one file, or the one database: each time as another process would."""
    if request.param == "sqlite":
        make = partial(UserFile, tmp_path / "users.sqlite")
    else:
        make = partial(PostgresDatabase, request.getfixturevalue("database_url"))
    with ExitStack() as stack:

        def opened():
            store = make()
            stack.callback(store.close)
            return store

        yield opened


@pytest.fixture
def store(open_store):
    return open_store()
