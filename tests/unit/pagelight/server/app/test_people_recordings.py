"""A recording is played by who may see it, and by nobody else."""

from dataclasses import replace

import numpy as np
import pytest
from builders_people import EMBEDDER, House
from builders_ui import a_chunk, digest
from builders_users import PASSWORD
from fastapi.testclient import TestClient

from rag.datamodel import Document, Element, Provenance
from rag.storage.documents.records import FileRecord

# Gradio counts its answers with what pandas calls deprecated.
pytestmark = pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")

SOURCE = "secret/talk.mp4"
TOLD = "The new winch costs as much as seven old ones"
BYTES = b"sound and pictures"
DOC = digest(BYTES)


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    house = House(tmp_path_factory.mktemp("house"))
    (house.index.root / SOURCE).write_bytes(BYTES)
    place = Provenance(span=(0, 11), start_s=1.0, end_s=2.0)
    said = Element(role="paragraph", text="It is told.", provenances=(place,))
    image = house.index.assets.put(np.full((8, 8, 3), 9, dtype=np.uint8))
    slide = Element(role="figure", text=TOLD, image=image, provenances=(place,))
    doc = Document(id=DOC, sources=(SOURCE,), media_type="video/mp4", elements=(said, slide))
    chunk = replace(a_chunk(TOLD, source=SOURCE, doc_id=DOC), provenances=(place,))
    file = FileRecord(
        source=SOURCE, doc_id=DOC, size_bytes=18, mtime_ns=1, sha256=DOC, state="ready"
    )
    vectors = {chunk.id: EMBEDDER.embed_documents([chunk.text])[0]}
    house.index.put(doc, [chunk], vectors, files=[file])
    yield house
    house.close()


@pytest.fixture(scope="module")
def client(house):
    with TestClient(house.guard, base_url="http://127.0.0.1") as client:
        yield client


def test_a_recording_is_told_to_who_sees_its_folder_alone(client):
    told = {
        (name, kind): client.get(f"/recording/{DOC}{kind}", auth=(name, PASSWORD))
        for name in ("ann", "cy")
        for kind in ("", ".vtt")
    }

    assert told["cy", ""].content == BYTES
    assert "It is told." in told["cy", ".vtt"].text
    for kind in ("", ".vtt"):
        hidden = told["ann", kind]
        assert (hidden.status_code, hidden.json()) == (404, {"detail": "Not Found"})
    assert client.get(f"/recording/{DOC}").status_code == 401
