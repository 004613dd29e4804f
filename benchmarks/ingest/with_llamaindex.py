"""LlamaIndex reads, cuts and embeds a list of files, with its default readers and settings."""

import json
import sys
import time
from pathlib import Path

start = time.perf_counter()

from llama_index.core import SimpleDirectoryReader, VectorStoreIndex  # noqa: E402 - timed
from llama_index.embeddings.huggingface import HuggingFaceEmbedding  # noqa: E402 - timed


def main() -> None:
    folder, model = Path(sys.argv[1]), sys.argv[2]
    documents = SimpleDirectoryReader(folder, recursive=True).load_data()
    read_s = time.perf_counter() - start
    embedder = HuggingFaceEmbedding(model_name=model)
    index = VectorStoreIndex.from_documents(documents, embed_model=embedder)
    pieces = len(index.index_struct.nodes_dict)
    print(json.dumps({"pieces": pieces, "read_s": read_s, "failed": []}))


if __name__ == "__main__":
    main()
