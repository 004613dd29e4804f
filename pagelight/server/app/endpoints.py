"""What programs call over Gradio's HTTP API: `ask`, which grows while it is written, and `search`.

The JSON is that of the command line. Behind the guard, as all else: the password where one is set.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import gradio as gr

from pagelight.services.answering.answer_json import answer_json, hits_json
from pagelight.services.answering.asking import Days, Request, query_of, words_of
from pagelight.services.answering.messages import checked_turns
from pagelight.services.answering.protocols import AnyEngine, Incoming
from rag.errors import PagelightError

MAX_HITS: Final = 1000


def add_endpoints(
    engine: AnyEngine,
    incoming: Incoming,
    *,
    is_upload: Callable[[object], bool],
    at_once: int,
) -> None:
    """Add the endpoints to the page that is being built; they have one queue, `at_once` of it run.

    `is_upload` tells whether a path is one of the caller's uploads: no other is read.
    """

    def ask(  # noqa: PLR0917 - the public parameters
        question: str,
        within: str = "",
        history: list[dict[str, str]] | None = None,
        since: str = "",
        until: str = "",
        attachments: list[dict[str, Any]] | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Answer a question from the documents; yields the answer as it grows.

        within: a glob, only documents whose path fits it are searched. history: earlier messages,
        {"role": "user" or "assistant", "content"}, oldest first. since, until: the days of the
        documents that are searched, as 2024-06-30. attachments: uploaded files that the question
        is about, as Gradio's client makes them of paths: [handle_file("receipt.jpg")].
        """
        with _gradio_errors():
            days = Days(since=since, until=until)
            files = tuple(_uploaded(attachments, is_upload))
            request = Request(text=words_of(question), attachments=files, within=within, days=days)
            query = query_of(request, incoming)
            earlier = checked_turns(history or ())
            engine.warm()
            for answer in engine.ask(query, earlier):
                # Not what is read before the first words: what is found becomes less then, and
                # Gradio's client can't follow where lists within lists become shorter.
                if answer.text:
                    yield answer_json(answer, profile=engine.profile.name)

    def search(
        query: str, k: int = 10, within: str = "", since: str = "", until: str = ""
    ) -> list[dict[str, Any]]:
        """Return the k places that fit a query best, best first; `within`, days as `ask`."""
        with _gradio_errors():
            if not 1 <= k <= MAX_HITS:
                raise PagelightError(f"k is {k}; it must be 1 to {MAX_HITS}.")
            days = Days(since=since, until=until)
            asked = query_of(Request(text=words_of(query), within=within, days=days), incoming)
            engine.warm()
            return hits_json(engine.search(asked, k), question=query)

    for endpoint in (ask, search):
        gr.api(  # type: ignore[attr-defined] # public: its documentation names it so
            endpoint,
            api_name=endpoint.__name__,
            concurrency_limit=at_once,
            concurrency_id="ask",
        )


def _uploaded(
    attachments: list[dict[str, Any]] | None, is_upload: Callable[[object], bool]
) -> Iterator[Path]:
    for one in attachments or ():
        path = one.get("path")
        if not is_upload(path):
            raise PagelightError("This is none of your uploads.", hint="Upload the file first.")
        yield Path(str(path))


@contextmanager
def _gradio_errors() -> Iterator[None]:
    """Tell the caller what a person would be told; of a bug, Gradio tells only that it was one."""
    try:
        yield
    except PagelightError as error:
        raise gr.Error(str(error), print_exception=False) from error
