"""A server of a workspace without a page: what it is told in lines of JSON, it does and answers.

`python server_child.py FOLDER WORKSPACE [DATABASE_URL]`; it opens the workspace when it is told to.
"""

import json
import sys
import threading
import time
from pathlib import Path

from builders_index import open_index
from builders_ui import an_answer
from fake_attached import FakeAttached, FakeIncoming
from fake_engine import FakeEngine
from fakes import FakeEmbedder, FakeReader

from ingest.chunking.chunker import CHUNKER_VERSION
from ingest.pipeline.pipeline import Ingest
from pagelight.services.jobs.shared_jobs import SharedJobs
from pagelight.services.jobs.watch import Copying, Succession
from pagelight.ui.chat.answer_streamer import AnswerStreamer
from pagelight.ui.chat.chat_sessions import ChatSessions, ShownTalk
from pagelight.ui.chat.conversation import ConversationSaver
from rag.settings import Settings

A_FILE_S = 0.1
"""So long a file is read: the program is killed amid some."""


class SlowEngine(FakeEngine):
    """Writes a part of its answer, and the rest when it is let go on."""

    go_on = threading.Event()

    def ask(self, query, history):
        del query, history
        yield an_answer("Snow", complete=False)
        while not self.go_on.wait(0.05):
            yield an_answer("Snow", complete=False)
        yield an_answer("Snow fell.")


class SlowReader(FakeReader):
    def parse(self, *file, **options):
        time.sleep(A_FILE_S)
        return super().parse(*file, **options)


class Server:
    def __init__(self, folder: str, workspace: str, database_url: str = "") -> None:
        self.folder = Path(folder)
        self.workspace = Path(workspace)
        self.database_url = database_url
        self.embedder = FakeEmbedder()

    def open(self, *, beside):
        self.index = index = open_index(
            self.workspace,
            chunker_version=CHUNKER_VERSION,
            database_url=self.database_url,
            secondary=beside,
        )
        index.servers.begin()
        incoming = FakeIncoming(FakeAttached(self.workspace / "fake"))
        self.engine = SlowEngine(index=index)
        saver = ConversationSaver(index)
        self.talks = ChatSessions(AnswerStreamer(self.engine, incoming=incoming, saver=saver))
        self.jobs = SharedJobs(self.ingest, index, folder=self.folder)
        self.jobs.follow()
        self.succession = Succession(index, self.jobs.start, self.jobs.stand_back)
        self.succession.begin()
        self.copying = Copying(index, lambda: None)
        self.copying.begin()
        return index.is_owned

    def ingest(self):
        return Ingest(self.index, self.embedder, SlowReader(), Settings())

    def ask(self, text, *, talk=""):
        said = self.talks.open(talk)
        said = self.talks.reply(ShownTalk(said.id, said.head), text, [])
        return said.id

    def go(self):
        self.engine.go_on.set()

    def show(self, talk):
        self.said = self.talks.open(talk)
        return self.said.is_growing, self.said.messages[-1]["content"]

    def looked(self):
        """Look at what was shown until it has come to its end."""
        while (said := self.talks.open(self.said.id)).is_growing:
            time.sleep(0.05)
        return said.messages[-1]["content"]

    def written(self):
        return self.talks.written()

    def stop(self, talk):
        self.talks.stop(talk)

    def signs_in(self, name):
        return self.index.sessions.begin(name, secret="s")  # noqa: S106 - of tests only

    def signed_in(self, token):
        found = self.index.sessions.find(token)
        return found and found.name

    def read(self):
        return self.jobs.start()

    def stands(self):
        return {"owned": self.index.is_owned, "reading": self.jobs.state.running}

    def documents(self):
        return sorted(s for record in self.index.documents() for s in record.sources)

    def found(self, text):
        hits = self.index.search_dense(self.embedder.embed_queries([text]), k=1000)
        return sorted(hit.chunk.source for hit in hits)

    def remove(self, source):
        self.index.remove_sources([source])

    def wrong(self):
        return [finding.problem for finding in self.index.check()]

    def close(self):
        self.succession.close()
        self.copying.close()
        self.jobs.close()
        self.talks.close()
        self.index.close()


if __name__ == "__main__":
    server = Server(*sys.argv[1:])
    for line in sys.stdin:
        name, values = json.loads(line)
        print(json.dumps(getattr(server, name)(**values)), flush=True)  # noqa: T201 - to the test
