"""Pagelight as a model: `POST /v1/chat/completions` and `GET /v1/models`, in OpenAI's form.

Behind the same door as the chat, over what this person may see; questions wait in the same line.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Iterator
from contextlib import aclosing, closing, suppress
from functools import partial
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, TypeVar

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from pagelight.server.middleware.headers import FRESH, error_json
from pagelight.server.openai_api.completion_json import Completion, event, model_json
from pagelight.server.openai_api.completion_request import (
    MODEL,
    AskedCompletion,
    CompletionBody,
    RequestError,
    asked_of,
    read_body,
)
from pagelight.server.openai_api.completion_text import content_of, plain
from pagelight.services.answering import asking
from pagelight.services.answering.asking import Days
from pagelight.services.answering.places import waiting_text
from pagelight.services.answering.protocols import AnyEngine, Incoming
from rag.datamodel import Answer
from rag.errors import BusyError, ModelError, PagelightError
from rag.refusal import is_refusal

logger = logging.getLogger(__name__)

BUG: Final = "Something went wrong in Pagelight itself. The terminal shows where."
RETRY_S: Final = "5"
GONE: Final = 499
"""Nobody reads it: who asked went away (nginx's number for that)."""


def completion_routes(
    engine: AnyEngine, incoming: Incoming, *, send: Callable[[int], object] = lambda _: None
) -> APIRouter:
    """Return the routes. What can't be answered is told as OpenAI's clients read it.

    `send` counts the bytes of pictures that come with a question; raises QuotaError.
    """
    router = APIRouter(prefix="/v1")

    @router.get("/models")
    def models() -> Response:
        return JSONResponse({"object": "list", "data": [model_json()]})

    @router.get("/models/{model}")
    def one(model: str) -> Response:
        if model != MODEL:
            message = f"There is no model {model[:80]!r} here."
            return _refused(HTTPStatus.NOT_FOUND, message, code="model_not_found")
        return JSONResponse(model_json())

    @router.post("/chat/completions")
    async def complete(request: Request) -> Response:
        try:
            body = read_body(await request.body())
            asked = asked_of(body)
        except RequestError as error:
            return _refused(error.status, str(error), code=error.code, param=error.param)
        completion = Completion(base=str(request.base_url), profile=engine.profile.name)
        answers = handed_on(partial(_answers, engine, incoming, body, asked, send))
        if body.stream:
            wants_usage = body.stream_options is not None and body.stream_options.include_usage
            return await _streamed(completion, answers, usage=wants_usage)
        return await _whole(request, completion, answers)

    return router


def _answers(
    engine: AnyEngine,
    incoming: Incoming,
    body: CompletionBody,
    asked: AskedCompletion,
    send: Callable[[int], object],
) -> Generator[Answer, None, None]:
    """Yield the growing answer. Raises PagelightError for what can't be asked."""
    if asked.pictures:
        send(sum(len(picture.data) for picture in asked.pictures))
    with TemporaryDirectory() as folder:
        request = asking.Request(
            text=asked.text,
            attachments=tuple(_written_to(Path(folder), asked)),
            within=body.within,
            days=Days(since=body.since, until=body.until),
        )
        query = asking.query_of(request, incoming)
    engine.warm()
    yield from engine.ask(query, asked.history)


def _written_to(folder: Path, asked: AskedCompletion) -> Generator[Path, None, None]:
    for picture in asked.pictures:
        path = folder / picture.name
        path.write_bytes(picture.data)
        yield path


async def _whole(
    request: Request, completion: Completion, answers: AsyncGenerator[Answer, None]
) -> Response:
    try:
        async with aclosing(answers):
            async for answer in answers:
                if answer.complete:
                    return JSONResponse(completion.whole(answer))
                if await request.is_disconnected():
                    break
    except Exception as error:  # noqa: BLE001 - told, with a bug's traceback in the log
        return _failed(error)
    return Response(status_code=GONE)


async def _streamed(
    completion: Completion, answers: AsyncGenerator[Answer, None], *, usage: bool
) -> Response:
    """Return a stream, once there is something to tell: what fails before has a status."""
    try:
        first = await anext(answers)
    except Exception as error:  # noqa: BLE001 - as above
        return _failed(error)
    events = _events(completion, _all(first, answers), usage=usage)
    return StreamingResponse(events, media_type="text/event-stream", headers=FRESH)


async def _all(first: Answer, others: AsyncGenerator[Answer, None]) -> AsyncGenerator[Answer, None]:
    async with aclosing(others):
        yield first
        async for answer in others:
            yield answer


async def _events(
    completion: Completion, answers: AsyncGenerator[Answer, None], *, usage: bool
) -> AsyncIterator[str]:
    growing = GrowingCompletion(completion)
    yield completion.chunk({"role": "assistant", "content": ""})
    try:
        async with aclosing(answers):
            async for answer in answers:
                for message in growing.events(answer):
                    yield message
                if answer.complete and usage:
                    yield completion.usage(answer)
    except Exception as error:  # noqa: BLE001 - as above
        yield event(error_json(*_status_and_message(error)))
    yield "data: [DONE]\n\n"


class GrowingCompletion:
    """What is new of an answer each time it has grown."""

    def __init__(self, completion: Completion) -> None:
        self._completion = completion
        self._sent = ""
        self._status = ""

    def events(self, answer: Answer) -> Iterator[str]:
        """Yield what is to be sent now: words, or what goes on while there are none."""
        completion = self._completion
        if answer.complete:
            yield from self._words(content_of(answer, base=completion.base))
            yield completion.last(answer)
        elif (said := _said(answer)) and not is_refusal(said):  # it may become more than one
            yield from self._words(plain(said))
        elif (status := waiting_text(answer)) != self._status:
            self._status = status
            yield completion.chunk({}, pagelight={"status": status})

    def _words(self, text: str) -> Iterator[str]:
        """Yield what comes after what was sent; another text stands below it."""
        goes_on = text.startswith(self._sent)
        new = text[len(self._sent) :] if goes_on else f"\n\n{text}"
        self._sent = text
        if new:
            yield self._completion.chunk({"content": new})


def _said(answer: Answer) -> str:
    """Return what a growing answer says so far: what is quoted stands below it in the end."""
    if answer.quoted_from is None:
        return answer.text if answer.text.strip() else ""
    return answer.text[: answer.quoted_from].rstrip()


def _failed(error: Exception) -> Response:
    status, message = _status_and_message(error)
    return _refused(status, message)


def _status_and_message(error: Exception) -> tuple[int, str]:
    """Return status and sentence of what went wrong; a bug keeps its traceback in the log."""
    if isinstance(error, BusyError):
        return HTTPStatus.TOO_MANY_REQUESTS, str(error)
    if isinstance(error, PagelightError):
        is_model = isinstance(error, ModelError)
        return HTTPStatus.SERVICE_UNAVAILABLE if is_model else HTTPStatus.BAD_REQUEST, str(error)
    logger.error("a completion failed by a bug", exc_info=error)
    return HTTPStatus.INTERNAL_SERVER_ERROR, BUG


def _refused(status: int, message: str, *, code: str = "", param: str = "") -> Response:
    busy = {"retry-after": RETRY_S} if status == HTTPStatus.TOO_MANY_REQUESTS else {}
    return JSONResponse(error_json(status, message, code=code, param=param), status, headers=busy)


Piece = TypeVar("Piece")

MAX_AHEAD: Final = 100
"""Pieces that are made before anybody takes them."""


async def handed_on(
    make: Callable[[], Generator[Piece, None, None]],
) -> AsyncGenerator[Piece, None]:
    """Yield the pieces of what `make` makes. Whoever leaves ends it, at its next piece.

    Raises what the iterator does.
    """
    loop = asyncio.get_running_loop()
    pieces: asyncio.Queue[tuple[Piece | None, BaseException | None]] = asyncio.Queue()
    left, may_go_on = threading.Event(), threading.Semaphore(MAX_AHEAD)

    def put(piece: Piece | None, error: BaseException | None = None) -> None:
        with suppress(RuntimeError):  # the server has ended meanwhile
            loop.call_soon_threadsafe(pieces.put_nowait, (piece, error))

    def work() -> None:
        try:
            with closing(make()) as made:
                for piece in made:
                    may_go_on.acquire()
                    if left.is_set():
                        return
                    put(piece)
        except Exception as error:  # noqa: BLE001 - it is raised where the pieces are read
            put(None, error)
        else:
            put(None)

    threading.Thread(target=work, name="ask", daemon=True).start()
    try:
        while True:
            piece, error = await pieces.get()
            if error is not None:
                raise error
            if piece is None:
                return
            may_go_on.release()
            yield piece
    finally:
        left.set()
        may_go_on.release()
