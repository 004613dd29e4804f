"""Haystack reads, cuts and embeds a folder with its converters and default settings."""

import json
import sys
import time
from pathlib import Path

start = time.perf_counter()

from haystack.components.converters import MultiFileConverter  # noqa: E402 - timed
from haystack.components.preprocessors import DocumentPreprocessor  # noqa: E402 - timed
from haystack.document_stores.in_memory import InMemoryDocumentStore  # noqa: E402 - timed
from haystack_integrations.components.embedders.sentence_transformers import (  # noqa: E402 - timed
    SentenceTransformersDocumentEmbedder,
)


def main() -> None:
    folder, model = Path(sys.argv[1]), sys.argv[2]
    paths = sorted(p for p in folder.rglob("*") if p.is_file())
    converted = MultiFileConverter().run(sources=paths)
    read_s = time.perf_counter() - start
    pieces = DocumentPreprocessor().run(documents=converted["documents"])["documents"]
    embedder = SentenceTransformersDocumentEmbedder(model=model, progress_bar=False)
    store = InMemoryDocumentStore()
    store.write_documents(embedder.run(documents=pieces)["documents"])
    failed = [str(path) for path in converted.get("unclassified", [])]
    print(json.dumps({"pieces": store.count_documents(), "read_s": read_s, "failed": failed}))


if __name__ == "__main__":
    main()
