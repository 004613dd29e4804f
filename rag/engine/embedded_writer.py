"""The writer of the set-up as the engine uses it: none before it is built and has read its prompt.

Loading goes on behind the page; until then, and where it can't run, answers are quotations.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from rag.closing import Closing
from rag.errors import told_failure
from rag.generation.writer import AnswerWriter
from rag.models.llm.openvino_llm import OpenVinoLlm
from rag.table_qa import text_to_sql


class EmbeddedWriter(Closing):
    """`find` returns the folder of the model, None while it is not built. Any thread may call.

    `count_tokens` measures what it is given to read.
    """

    def __init__(self, find: Callable[[], Path | None], count_tokens: Callable[[str], int]) -> None:
        self._find = find
        self._count_tokens = count_tokens
        self._loading = threading.Lock()
        self._model: OpenVinoLlm | None = None
        self._writer: AnswerWriter | None = None
        self.problem = ""

    @property
    def model_id(self) -> str:
        return self._writer.model_id if self._writer else ""

    def get(self) -> AnswerWriter | None:
        """Return the writer if it is warm; else begin to load it where it is built."""
        if self._writer is None and not self.problem and not self._loading.locked():
            threading.Thread(target=self.load, name="writer", daemon=True).start()
        return self._writer

    def load(self) -> AnswerWriter | None:
        """Return the writer, loaded now where it is built; what fails becomes `problem`."""
        with self._loading:
            folder = self._find() if self._writer is None and not self.problem else None
            if folder is not None:
                self._model = OpenVinoLlm(folder)
                writer = AnswerWriter(self._model, self._count_tokens)
                try:
                    writer.warm()
                    self._writer = writer
                    text_to_sql.warm(self._model)
                except Exception as error:  # noqa: BLE001 - answers are quotations then, and say why
                    self.problem = told_failure(error, of="The model that writes")
            return self._writer

    def close(self) -> None:
        with self._loading:
            if self._model:
                self._model.close()
            self._writer = self._model = None
            self.problem = self.problem or "closed"
