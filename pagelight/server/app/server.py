"""The local server: the page, its routes, and the command line's API, in one process.

Gradio takes seconds to import: it is imported when `serve` runs, after the port is known to be
free. Models are loaded by the engine afterwards, in the background.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

import uvicorn

from pagelight.server.auth.entrance import Entrance, TokenEntrance
from pagelight.server.auth.provider import provider_of
from pagelight.server.middleware.asgi import Forwarded, Speaking, is_loopback, networks_of
from pagelight.server.middleware.audit_log import AuditTrail
from pagelight.server.middleware.authentication import authenticator_of
from pagelight.server.middleware.bodies import Bodies, TimedProtocol
from pagelight.server.middleware.gradio_guard import MEGABYTE
from pagelight.server.middleware.guard import Entrances, Guard
from pagelight.server.middleware.people import People
from pagelight.services.accounts.person import OWNER
from pagelight.services.accounts.users import PeopleFile
from pagelight.services.answering.asking import Dictation, Incoming
from pagelight.services.jobs.jobs import Jobs
from pagelight.services.models.models_job import Switches
from pagelight.services.rendering.originals import Fetch
from pagelight.ui.library.files import Demo
from rag.errors import PagelightError, SettingsError
from rag.models.setup.bundled import SetupState
from rag.pipeline.engine.engine import Engine
from rag.protocols import PictureRenderer
from rag.settings import Settings

logger = logging.getLogger(__name__)

ANY_HOST: Final = frozenset({"0.0.0.0", "::", ""})  # noqa: S104 - compared with, never bound to

MAX_PORT: Final = 65535
MAX_PORTS: Final = 10
"""Ports after one that is taken are tried, so many."""

MAX_THREADS: Final = 64
"""Threads that wait for the database, the disk and passwords at the same time. Of Python's own
number, a few more than cores, some that hang would leave none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the server is made of: given by the entry point, the only one that knows classes."""

    engine: Engine
    jobs: Jobs
    incoming: Incoming
    renderer: PictureRenderer
    switches: Switches
    writer: Callable[[], SetupState] = lambda: SetupState(stage="off")
    dictation: Dictation | None = None
    fetch: Fetch = lambda _: None
    examples: Sequence[str] = ()
    demo: Demo = field(default_factory=lambda: Demo(None))


def serve(
    parts: Parts,
    settings: Settings,
    *,
    token: str,
    on_listening: Callable[[str], None] = lambda _url: None,
) -> None:
    """Serve until interrupted. `on_listening` gets the URL once requests are answered.

    `token` guards the command line's API, and the chat where it has neither users nor a password.
    Where the port is taken it is one of the next, which is told. Raises PagelightError if none is
    free, and SettingsError if others could reach the chat and nobody is asked for anything.
    """
    entrance = _entrance(parts, settings, token=token)
    if entrance is None:
        _check_alone(settings)
    with _listening_socket(settings.host, settings.port) as listener:
        app, close = _built(parts, settings, entrance, token=token)
        url = _url(settings.host, listener)
        try:
            _run(app, listener, on_started=lambda: on_listening(url), on_ended=close)
        finally:
            close()


def _check_alone(settings: Settings) -> None:
    if not is_loopback(settings.host):
        raise SettingsError(
            f"Other machines could reach the chat at {settings.host}.",
            hint="Set RAG_USERS or RAG_PASSWORD, leave out --no-token, or listen on 127.0.0.1.",
        )
    if settings.trusted_proxies:
        raise SettingsError(
            "Other machines could reach the chat through RAG_TRUSTED_PROXIES.",
            hint="Set RAG_USERS or RAG_PASSWORD, or leave out --no-token.",
        )


def build_app(parts: Parts, settings: Settings, *, token: str) -> Speaking:
    """Return the guarded application, behind the door of the settings. Imports Gradio."""
    app, _ = _built(parts, settings, _entrance(parts, settings, token=token), token=token)
    return app


def _built(
    parts: Parts, settings: Settings, entrance: Entrances | None, *, token: str
) -> tuple[Speaking, Callable[[], None]]:
    """Return the guarded application, the owner's made already, and what ends its work."""
    from pagelight.server.app.api import api_app  # noqa: PLC0415 - the command line lacks fastapi
    from pagelight.server.app.application import application  # noqa: PLC0415 - imports gradio
    from pagelight.server.app.own_routes import Shared  # noqa: PLC0415 - as above

    engine, index = parts.engine, parts.engine.index
    shared = Shared(parts, settings)
    api = api_app(engine, parts.jobs, parts.incoming, token=token)
    people = People(partial(application, shared), api)
    if index.is_owned:
        index.conversations.purge()
    engine.attached.sweep()
    if not settings.users:
        people.prepare(OWNER)

    def close() -> None:
        people.close()
        shared.fetches.close()

    hosts = None if entrance is not None and settings.host in ANY_HOST else [settings.host]
    guard = Guard(AuditTrail(people, index.audit), hosts=hosts, entrance=entrance)
    largest_mb = max(settings.file_mb, settings.recording_mb, settings.uploads_mb)
    bodies = Bodies(guard, file_bytes=largest_mb * MEGABYTE)
    return Speaking(Forwarded(bodies, networks_of(settings.trusted_proxies))), close


def _entrance(parts: Parts, settings: Settings, *, token: str) -> Entrances | None:
    authenticator, provider = authenticator_of(settings), provider_of(settings)
    if authenticator is None:
        return TokenEntrance(token) if settings.token else None
    index = parts.engine.index
    users = PeopleFile(Path(settings.users).expanduser()) if settings.users else None
    return Entrance(authenticator, index.sessions, index.audit, provider=provider, people=users)


def _listening_socket(host: str, port: int) -> socket.socket:
    """Take the port, or the next that is free: nothing is loaded for a server that can't start."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    last = min(port + MAX_PORTS, MAX_PORT)
    for tried in range(port, last + 1):
        try:
            listener.bind((host, tried))
        except OSError as error:
            if error.errno != errno.EADDRINUSE or tried == last:
                listener.close()
                raise PagelightError(
                    f"The chat can't listen on {host}, port {port}: {error.strerror or error}.",
                    hint="Choose another port with --port.",
                ) from error
            logger.warning("Port %d is taken; trying the next.", tried)
        else:
            break
    return listener


def _url(host: str, listener: socket.socket) -> str:
    shown = "127.0.0.1" if host in ANY_HOST else host
    bracketed = f"[{shown}]" if ":" in shown else shown
    return f"http://{bracketed}:{listener.getsockname()[1]}"


def _run(
    app: Speaking,
    listener: socket.socket,
    *,
    on_started: Callable[[], None],
    on_ended: Callable[[], None],
) -> None:
    """Serve; `on_ended` runs also where a signal ends the process as soon as this is over."""

    class AnnouncingServer(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            waiting = ThreadPoolExecutor(MAX_THREADS, thread_name_prefix="waiting")
            asyncio.get_running_loop().set_default_executor(waiting)
            await super().startup(sockets)
            on_started()

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            await super().shutdown(sockets)
            await asyncio.to_thread(on_ended)

    config = uvicorn.Config(
        app,
        http=TimedProtocol,
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=False,  # it would believe everybody on this machine
        timeout_graceful_shutdown=1,
    )
    server = AnnouncingServer(config)
    # Open tabs keep connections open: that they are cut at the end is no news.
    logging.getLogger("uvicorn.error").addFilter(lambda _record: not server.should_exit)
    server.run(sockets=[listener])
