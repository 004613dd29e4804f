"""A house of several people: documents that each may see, and the whole server behind its door."""

import hashlib
from functools import partial
from pathlib import Path

import numpy as np
from builders_index import make_file, open_index
from builders_table import asker
from builders_ui import a_chunk, an_answer
from builders_users import a_user
from fake_engine import FakeEngine
from fake_ingest import FakeIngest
from fakes import FakeEmbedder
from fastapi import FastAPI
from running_app import parts_over

from pagelight.server.app.application import application
from pagelight.server.app.own_routes import Shared
from pagelight.server.auth.entrance import Entrance
from pagelight.server.middleware.audit_log import AuditTrail
from pagelight.server.middleware.authentication import authenticator_of
from pagelight.server.middleware.guard import Guard
from pagelight.server.middleware.people import People
from pagelight.services.accounts.users import PeopleFile, write_users
from pagelight.services.jobs.jobs import Jobs
from rag.datamodel import BBox, Document, Element, Provenance
from rag.settings import Settings

WORD = "zyzzyva"
"""Stands in name, title and text of the secret document, and in what Cy asked."""

EMBEDDER = FakeEmbedder()
WHOLE = BBox(x0=0.1, y0=0.1, x1=0.9, y1=0.2)


class SearchingEngine(FakeEngine):
    """Answers with the sentence that the real index finds by words, within the filters."""

    def ask(self, query, history):
        self.asked.append((query, tuple(history)))
        hits = self.index.search_lexical(query.text, k=3, filters=query.filters)
        if hits:
            yield an_answer(f"{hits[0].chunk.text} [1]", hits[0].chunk, query=query)
        else:
            yield an_answer("Not held.", query=query, answered=False)

    def search(self, query, k):
        return self.index.search_lexical(query.text, k=k, filters=query.filters)

    def table(self):
        return asker(self.index, EMBEDDER, threshold=0.0)


def put(index, folder, source, text):
    """Read a file of two pages with a picture, as far as the index is concerned."""
    data = f"%PDF {text}".encode()
    (folder / source).parent.mkdir(exist_ok=True)
    (folder / source).write_bytes(data)
    image = index.assets.put(np.full((8, 8, 3), sum(data) % 255, dtype=np.uint8))
    line = Provenance(page=1, bbox=WHOLE, span=(0, len(text)))
    doc = Document(
        id=hashlib.sha256(data).hexdigest(),
        sources=(source,),
        media_type="application/pdf",
        title=text,
        page_count=2,
        elements=(
            Element(role="paragraph", text=text, provenances=(line,)),
            Element(role="figure", image=image, provenances=(Provenance(page=1, bbox=WHOLE),)),
        ),
    )
    chunk = a_chunk(text, source=source, doc_id=doc.id, provenances=(line,))
    picture = a_chunk(
        "", source=source, doc_id=doc.id, ordinal=1, image=image, id=image.id[:16], provenances=()
    )
    rows = EMBEDDER.embed_documents([text, ""])
    file = make_file(source, doc.id, size_bytes=len(data))
    vectors = {chunk.id: rows[0], picture.id: rows[1]}
    index.put(doc, [chunk, picture], vectors, files=[file])
    return doc, chunk, image


class House:
    """Everything behind the door, and how each person comes in."""

    def __init__(self, root):
        folder = root / "docs"
        folder.mkdir()
        self.index = open_index(root / "ws")
        self.index.set_root(folder)
        self.open, _, _ = put(self.index, folder, "open/report.pdf", "Snow lay on the roof")
        self.secret = put(self.index, folder, f"secret/{WORD}.pdf", f"Snow of {WORD} deep")
        failed = make_file(
            f"secret/{WORD} broken.pdf", None, state="failed", reason=f"{WORD} is broken."
        )
        self.index.fail(failed)
        self.index.left_out.add([f"secret/{WORD} left.pdf"])
        ingest = FakeIngest()
        ingest.go.set()
        self.jobs = Jobs(lambda: ingest, folder=folder)
        self.engine = SearchingEngine(index=self.index)
        users = {
            "ann": a_user("ann", "open"),
            "bob": a_user("bob", everything=True),
            "cy": a_user("cy", "secret"),
            "dee": a_user("dee", "open", role="adds"),
        }
        write_users(root / "users.json", users)
        self.settings = settings = Settings(workspace=root / "ws", users=str(root / "users.json"))
        parts = parts_over(self.engine, jobs=self.jobs, examples=(f"What is {WORD}?",))
        self.applications = {}
        self.make = partial(application, Shared(parts, settings))

        def made(person):
            self.applications[person.name] = self.make(person)
            return self.applications[person.name]

        self.people = People(made, FastAPI())
        self.guard = self.new_guard()

    def new_guard(self):
        """Return the door as it is when the server begins: nobody is known yet."""
        index, people = self.index, PeopleFile(Path(self.settings.users))
        entrance = Entrance(
            authenticator_of(self.settings), index.sessions, index.audit, people=people
        )
        return Guard(AuditTrail(self.people, self.index.audit), hosts=None, entrance=entrance)

    def close(self):
        self.people.close()
        self.index.close()
