"""LangChain reads, cuts and embeds a folder, with the loader that it has for each format.

Its loader of slides fetches a language model from the network; plain python-pptx stands in for it.
"""

import json
import sys
import time
from pathlib import Path

start = time.perf_counter()

from langchain_community.document_loaders import (  # noqa: E402 - timed
    BSHTMLLoader,
    CSVLoader,
    Docx2txtLoader,
    PyPDFLoader,
    TextLoader,
)
from langchain_core.documents import Document  # noqa: E402 - timed
from langchain_core.vectorstores import InMemoryVectorStore  # noqa: E402 - timed
from langchain_huggingface import HuggingFaceEmbeddings  # noqa: E402 - timed
from langchain_text_splitters import RecursiveCharacterTextSplitter  # noqa: E402 - timed
from pptx import Presentation  # noqa: E402 - timed


class SlidesLoader:
    def __init__(self, path: str) -> None:
        self._path = path

    def load(self) -> list[Document]:
        slides = Presentation(self._path).slides
        texts = ("\n".join(s.text for s in slide.shapes if s.has_text_frame) for slide in slides)
        return [Document(page_content=text) for text in texts]


LOADERS = {
    ".pdf": PyPDFLoader,
    ".docx": Docx2txtLoader,
    ".pptx": SlidesLoader,
    ".html": BSHTMLLoader,
    ".csv": CSVLoader,
    ".md": TextLoader,
    ".txt": TextLoader,
}


def main() -> None:
    folder, model = Path(sys.argv[1]), sys.argv[2]
    documents, failed = [], []
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        try:
            documents += LOADERS[path.suffix](str(path)).load()
        except Exception as error:  # noqa: BLE001 - what it can't read is counted
            failed.append(f"{path.name}: {type(error).__name__}")
    read_s = time.perf_counter() - start
    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200)
    pieces = splitter.split_documents(documents)
    store = InMemoryVectorStore(HuggingFaceEmbeddings(model_name=model))
    store.add_documents(pieces)
    print(json.dumps({"pieces": len(pieces), "read_s": read_s, "failed": failed}))


if __name__ == "__main__":
    main()
