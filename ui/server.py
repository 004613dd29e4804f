"""The local server: the page, its routes, and the command line's API, in one process.

Gradio takes seconds to import: it is imported when `serve` runs, after the port is known to be
free. Models are loaded by the engine afterwards, in the background.
"""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

from rag.errors import PagelightError, SettingsError
from rag.settings import Settings
from ui.guard import LOOPBACK, Guard
from ui.jobs import Jobs
from ui.models_job import Fetches
from ui.seams import Engine, ReadImage
from ui.table_jobs import Tables

if TYPE_CHECKING:
    from fastapi import FastAPI

    from rag.protocols import PageRenderer
    from ui.places import Shelf
    from ui.region import Regions

logger = logging.getLogger(__name__)

UPLOAD_LIMIT: Final = "30mb"
ANY_HOST: Final = frozenset({"0.0.0.0", "::", ""})  # noqa: S104 - compared with, never bound to
_HEAD: Final = (
    '<link rel="stylesheet" href="/looks/style.css">'
    '<link rel="stylesheet" href="/looks/pictures.css">'
    '<link rel="stylesheet" href="/looks/conversations.css">'
    '<link rel="stylesheet" href="/looks/library.css">'
    '<link rel="stylesheet" href="/looks/scope.css">'
    '<link rel="stylesheet" href="/looks/table.css">'
    '<link rel="stylesheet" href="/looks/reports.css">'
    '<script src="/looks/behaviour.js" defer></script>'
    '<script src="/looks/region.js" defer></script>'
    '<script src="/looks/conversations.js" defer></script>'
    '<script src="/looks/library.js" defer></script>'
    '<script src="/looks/scope.js" defer></script>'
    '<script src="/looks/table.js" defer></script>'
    '<script src="/looks/reports.js" defer></script>'
    '<script src="/looks/suggest.js" defer></script>'
    '<script src="/looks/summary.js" defer></script>'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the server is made of: given by the entry point, the only one that knows classes."""

    engine: Engine
    jobs: Jobs
    read_image: ReadImage
    renderer: PageRenderer
    examples: Sequence[str] = ()


def serve(
    parts: Parts,
    settings: Settings,
    *,
    token: str,
    on_listening: Callable[[str], None] = lambda _url: None,
) -> None:
    """Serve until interrupted. `on_listening` gets the URL once requests are answered.

    `token` guards the command line's API. Raises PagelightError if the port is in use, and
    SettingsError if others could reach the chat and no password is set.
    """
    if not _is_loopback(settings.host) and not settings.password:
        raise SettingsError(
            f"Other machines could reach the chat at {settings.host}.",
            hint="Set RAG_PASSWORD to a password for it, or leave RAG_HOST at 127.0.0.1.",
        )
    fetches, tables = Fetches(settings), Tables(parts.engine)
    with _listening_socket(settings.host, settings.port) as listener:
        app = build_app(parts, settings, token=token, fetches=fetches, tables=tables)
        url = _url(settings.host, listener)
        try:
            _run(app, listener, on_started=lambda: on_listening(url))
        finally:
            tables.close()
            fetches.close()


def build_app(
    parts: Parts,
    settings: Settings,
    *,
    token: str,
    fetches: Fetches | None = None,
    tables: Tables | None = None,
) -> Guard:
    """Return the guarded application. Imports Gradio."""
    os.environ.setdefault("GRADIO_TEMP_DIR", str(settings.workspace.resolve() / "uploads"))
    from fastapi import FastAPI  # noqa: PLC0415 - the command line starts without it

    from ui.api import api_routes  # noqa: PLC0415 - as above
    from ui.conversation_routes import conversation_routes  # noqa: PLC0415 - as above
    from ui.library_routes import library_routes  # noqa: PLC0415 - as above
    from ui.models_routes import models_routes  # noqa: PLC0415 - as above
    from ui.pages import Pages  # noqa: PLC0415 - as above
    from ui.places import Shelf  # noqa: PLC0415 - as above
    from ui.region import Regions  # noqa: PLC0415 - as above
    from ui.report_routes import report_routes  # noqa: PLC0415 - as above
    from ui.routes import page_routes  # noqa: PLC0415 - as above
    from ui.scope_routes import scope_routes  # noqa: PLC0415 - as above
    from ui.suggestions import Suggestions  # noqa: PLC0415 - as above
    from ui.suggestions_routes import suggestion_routes  # noqa: PLC0415 - as above
    from ui.table_routes import table_routes  # noqa: PLC0415 - as above

    shelf = Shelf()
    pages = Pages(
        parts.engine.index,
        renderer=parts.renderer,
        folder=lambda: parts.engine.index.root,
        renders=settings.workspace / "renders",
    )
    regions = Regions(parts.engine.index, pages, parts.read_image)
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.include_router(
        page_routes(parts.engine, parts.jobs, shelf=shelf, pages=pages, regions=regions)
    )
    index = parts.engine.index
    index.conversations.purge()
    app.include_router(conversation_routes(index.conversations, index, pages))
    app.include_router(report_routes(index.reports, index.conversations))
    app.include_router(library_routes(index, parts.jobs, limit_mb=settings.file_mb))
    app.include_router(scope_routes(index))
    app.include_router(table_routes(tables or Tables(parts.engine), shelf))
    suggestions = Suggestions(
        parts.engine,
        parts.jobs,
        store=settings.workspace / "suggestions.json",
        wanted=not parts.examples,
    )
    app.include_router(suggestion_routes(suggestions))
    app.include_router(models_routes(settings, fetches or Fetches(settings), parts.engine.profile))
    app.include_router(api_routes(parts.engine, parts.jobs, parts.read_image, token=token))
    _mount_chat(app, parts, shelf, regions)
    hosts = None if settings.password and settings.host in ANY_HOST else [settings.host]
    return Guard(app, hosts=hosts, password=settings.password)


def _mount_chat(app: FastAPI, parts: Parts, shelf: Shelf, regions: Regions) -> None:
    import gradio as gr  # noqa: PLC0415 - takes seconds

    from ui.chat import build_chat  # noqa: PLC0415 - imports gradio
    from ui.conversation import Replier  # noqa: PLC0415 - as above
    from ui.conversations import Keeper  # noqa: PLC0415 - as above
    from ui.endpoints import add_endpoints  # noqa: PLC0415 - imports gradio
    from ui.theme import theme  # noqa: PLC0415 - as above

    index = parts.engine.index
    replier = Replier(
        parts.engine,
        shelf=shelf,
        read_image=parts.read_image,
        regions=regions,
        keeper=Keeper(index.conversations, index, shelf=shelf, regions=regions),
    )
    gr.mount_gradio_app(
        app,
        build_chat(
            replier,
            profile=parts.engine.profile,
            examples=parts.examples,
            add_endpoints=partial(add_endpoints, parts.engine, parts.read_image),
        ),
        path="/",
        app_kwargs={"openapi_url": None},
        footer_links=[],
        run_history=False,
        show_error=False,
        max_file_size=UPLOAD_LIMIT,
        ssr_mode=False,
        enable_monitoring=False,
        theme=theme(),
        head=_HEAD,
    )


def _is_loopback(host: str) -> bool:
    return host in LOOPBACK or host == "::1" or host.startswith("127.")


def _listening_socket(host: str, port: int) -> socket.socket:
    """Take the port, so that nothing is loaded for a server that can't start."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise PagelightError(
            f"The chat can't listen on {host}, port {port}: {error.strerror or error}.",
            hint="Is it running already? Choose another port with --port.",
        ) from error
    return listener


def _url(host: str, listener: socket.socket) -> str:
    shown = "127.0.0.1" if host in ANY_HOST else host
    bracketed = f"[{shown}]" if ":" in shown else shown
    return f"http://{bracketed}:{listener.getsockname()[1]}"


def _run(app: Guard, listener: socket.socket, *, on_started: Callable[[], None]) -> None:
    import uvicorn  # noqa: PLC0415 - the command line starts without it

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            on_started()

    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=1,
    )
    server = Server(config)
    # Open tabs keep connections open: that they are cut at the end is no news.
    logging.getLogger("uvicorn.error").addFilter(lambda _record: not server.should_exit)
    server.run(sockets=[listener])
