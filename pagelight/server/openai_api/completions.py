"""Pagelight as a model: `POST /v1/chat/completions` and `GET /v1/models`, in OpenAI's form.

Behind the same door as the chat, over what this person may see; questions wait in the same line.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Iterator
from contextlib import aclosing
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from anyio import CancelScope, CapacityLimiter, to_thread
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from pagelight.server.middleware.headers import FRESH, error_json
from pagelight.server.openai_api.completion_form import (
    MODEL,
    AskedCompletion,
    Completion,
    CompletionBody,
    RequestError,
    asked_of,
    content_of,
    event,
    model_json,
    plain,
    read_body,
)
from pagelight.services.answering.asking import AnyEngine, Incoming, query_of
from pagelight.services.answering.asking import Request as AskRequest
from pagelight.services.answering.places import waiting_text
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
    """Return the routes. `send` counts the bytes of pictures; raises QuotaError."""
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
        answers = handed_on(_answers(engine, incoming, body, asked, send))
        try:
            if body.stream:
                return await _streamed(completion, answers, usage=body.wants_usage)
            return await _whole(request, completion, answers)
        except Exception as error:  # noqa: BLE001 - told, with a bug's traceback in the log
            return _refused(*_status_and_message(error))

    return router


def _answers(
    engine: AnyEngine,
    incoming: Incoming,
    body: CompletionBody,
    asked: AskedCompletion,
    send: Callable[[int], object],
) -> Generator[Answer, None, None]:
    if asked.pictures:
        send(sum(len(data) for data in asked.pictures.values()))
    with TemporaryDirectory() as folder:
        files = {Path(folder) / name: data for name, data in asked.pictures.items()}
        for path, data in files.items():
            path.write_bytes(data)
        query = query_of(
            AskRequest(
                text=asked.text,
                attachments=tuple(files),
                within=body.within,
                since=body.since,
                until=body.until,
            ),
            incoming,
        )
    engine.warm()
    yield from engine.ask(query, asked.history)


async def _whole(
    request: Request, completion: Completion, answers: AsyncGenerator[Answer, None]
) -> Response:
    async with aclosing(answers):
        async for answer in answers:
            if answer.complete:
                return JSONResponse(completion.whole(answer))
            if await request.is_disconnected():
                break
    return Response(status_code=GONE)


async def _streamed(
    completion: Completion, answers: AsyncGenerator[Answer, None], *, usage: bool
) -> Response:
    first = await anext(answers)
    events = _events(completion, first, answers, usage=usage)
    return StreamingResponse(events, media_type="text/event-stream", headers=FRESH)


async def _events(
    completion: Completion, first: Answer, others: AsyncGenerator[Answer, None], *, usage: bool
) -> AsyncIterator[str]:
    growing = GrowingCompletion(completion)
    yield completion.chunk({"role": "assistant", "content": ""})
    try:
        async with aclosing(others):
            for message in growing.events(first):
                yield message
            last = first
            async for last in others:
                for message in growing.events(last):
                    yield message
            if last.complete and usage:
                yield completion.usage(last)
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


def _status_and_message(error: Exception) -> tuple[int, str]:
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


MAX_AT_ONCE: Final = 64
"""Threads of programs' questions: those that wait here hold up nobody's page."""

_threads = CapacityLimiter(MAX_AT_ONCE)


async def handed_on(answers: Generator[Answer, None, None]) -> AsyncGenerator[Answer, None]:
    """Yield what a generator makes on threads. Whoever leaves ends it, at its next answer."""
    try:
        while answer := await to_thread.run_sync(next, answers, None, limiter=_threads):
            yield answer
    finally:
        with CancelScope(shield=True):
            await to_thread.run_sync(answers.close, limiter=_threads)
