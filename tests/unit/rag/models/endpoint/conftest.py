"""A question to a server that replies as a test tells it."""

import pytest
from builders_script import Script
from chat_server import chat_server


@pytest.fixture
def script():
    with chat_server() as server:
        yield Script(server)
