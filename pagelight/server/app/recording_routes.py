"""Recordings as they are, in ranges (RFC 7233), and their captions: by ids that the index knows."""

from __future__ import annotations

import re
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final

from fastapi import APIRouter, HTTPException
from fastapi.responses import FileResponse, Response
from starlette.types import Receive, Scope, Send

from pagelight.server.middleware.headers import FRESH, KEPT
from pagelight.services.answering.protocols import AnyEngine
from pagelight.services.rendering.page_pictures import Pages, is_id
from pagelight.ui.source.player import is_recording
from pagelight.ui.source.transcript import webvtt
from rag.datamodel import Document

_ONE: Final = re.compile(rb"bytes=(?:(\d{1,18})-(\d{0,18})|-\d{1,18})")


def add_recordings(router: APIRouter, engine: AnyEngine, *, pages: Pages) -> None:
    """Add what a player fetches; nothing is coded anew, and other documents are not told."""

    @router.get("/recording/{doc_id}.vtt")
    def captions(doc_id: str) -> Response:
        doc = _recording(engine, doc_id)
        return Response(webvtt(doc.elements), media_type="text/vtt", headers=FRESH)

    @router.api_route("/recording/{doc_id}", methods=["GET", "HEAD"])
    def recording(doc_id: str) -> Response:
        doc = _recording(engine, doc_id)
        path = pages.original(doc)
        if path is None:
            raise HTTPException(404)
        return _InRanges(path, lent=pages.lent(doc), doc=doc)


def _recording(engine: AnyEngine, doc_id: str) -> Document:
    doc = engine.index.document(doc_id) if is_id(doc_id) else None
    if doc is None or not is_recording(doc):
        raise HTTPException(404)
    return doc


class _InRanges(FileResponse):
    """A file, or the one range of it that is asked for; what is no such range is as none (3.1)."""

    def __init__(
        self, path: Path, *, lent: AbstractContextManager[Path | None], doc: Document
    ) -> None:
        headers = KEPT | {"etag": f'"{doc.id}"'}
        super().__init__(path, media_type=doc.media_type, headers=headers)
        self._lent = lent

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(k, v) for k, v in scope["headers"] if k != b"range" or _is_one(v)]
        with self._lent as path:
            if path is None:
                await Response(status_code=404)(scope, receive, send)
                return
            self.path = path
            await super().__call__({**scope, "headers": headers}, receive, send)


def _is_one(value: bytes) -> bool:
    found = _ONE.fullmatch(value.strip())
    return found is not None and not (found[2] and int(found[2]) < int(found[1]))
