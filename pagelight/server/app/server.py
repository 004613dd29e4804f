"""The local server: the page, its routes, and the command line's API, in one process.

Gradio takes seconds to import: it is imported when `serve` runs, after the port is known to be
free. Models are loaded by the engine afterwards, in the background.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pagelight.server.auth.entrance import Entrance
from pagelight.server.auth.provider import provider_of
from pagelight.server.auth.token_entrance import TokenEntrance
from pagelight.server.middleware.audit_log import AuditTrail
from pagelight.server.middleware.authentication import Authenticator, authenticator_of
from pagelight.server.middleware.bodies import Bodies
from pagelight.server.middleware.forwarded import Forwarded, networks_of
from pagelight.server.middleware.gradio_guard import MEGABYTE
from pagelight.server.middleware.guard import LOOPBACK, Admitting, Guard
from pagelight.server.middleware.people import People
from pagelight.server.middleware.speaking import Speaking
from pagelight.services.accounts.keeping import PeopleFile
from pagelight.services.accounts.person import OWNER
from rag.errors import PagelightError, SettingsError
from rag.settings import Settings

if TYPE_CHECKING:
    from pagelight.server.app.own_routes import Shared


from collections.abc import Sequence
from dataclasses import dataclass, field

from pagelight.services.answering.protocols import Dictation, Incoming
from pagelight.services.jobs.jobs import Jobs
from pagelight.services.models.models_switch import Switches
from pagelight.services.rendering.originals import Fetch, is_here
from pagelight.ui.start.demo import Demo
from rag.models.setup.state import SetupState
from rag.pipeline.engine.engine import Engine
from rag.protocols import PictureRenderer

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
    fetch: Fetch = is_here
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
    authenticator = authenticator_of(settings)
    if authenticator is None and not settings.token:
        _check_alone(settings)
    with _listening_socket(settings.host, settings.port) as listener:
        shared = _shared(parts, settings)
        people = _people(shared, token=token)
        url = _url(settings.host, listener)
        try:
            _run(
                _guarded(people, parts, settings, authenticator, token=token),
                listener,
                on_started=lambda: on_listening(url),
                on_ended=people.close,
            )
        finally:
            people.close()
            shared.fetches.close()


def _check_alone(settings: Settings) -> None:
    if not (
        settings.host in LOOPBACK or settings.host == "::1" or settings.host.startswith("127.")
    ):
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
    people = _people(_shared(parts, settings), token=token)
    return _guarded(people, parts, settings, authenticator_of(settings), token=token)


def _shared(parts: Parts, settings: Settings) -> Shared:
    from pagelight.server.app.own_routes import shared_parts  # noqa: PLC0415 - imports gradio: seconds

    return shared_parts(parts, settings)


def _people(shared: Shared, *, token: str) -> People:
    """Return what answers everybody; the owner, where there are no users, at once."""
    from pagelight.server.app.api import api_app  # noqa: PLC0415 - the command line lacks fastapi
    from pagelight.server.app.application import application  # noqa: PLC0415 - imports gradio

    parts = shared.parts
    api = api_app(parts.engine, parts.jobs, parts.incoming, token=token)
    if parts.engine.index.is_owned:
        parts.engine.index.conversations.purge()
    parts.engine.attached.sweep()
    people = People(partial(application, shared), api)
    if not shared.settings.users:
        people.prepare(OWNER)
    return people


def _guarded(
    people: People,
    parts: Parts,
    settings: Settings,
    authenticator: Authenticator | None,
    *,
    token: str,
) -> Speaking:
    entrance = _entrance(parts, settings, authenticator, token=token)
    hosts = None if entrance is not None and settings.host in ANY_HOST else [settings.host]
    guard = Guard(AuditTrail(people, parts.engine.index.audit), hosts=hosts, entrance=entrance)
    largest_mb = max(settings.file_mb, settings.recording_mb, settings.uploads_mb)
    bodies = Bodies(guard, file_bytes=largest_mb * MEGABYTE)
    return Speaking(Forwarded(bodies, networks_of(settings.trusted_proxies)))


def _entrance(
    parts: Parts, settings: Settings, authenticator: Authenticator | None, *, token: str
) -> Admitting | None:
    """Return what asks for a password, or for the token; None where nobody is asked."""
    provider = provider_of(settings)
    if authenticator is None:
        return TokenEntrance(token) if settings.token else None
    index = parts.engine.index
    users = PeopleFile(Path(settings.users).expanduser()) if settings.users else None
    return Entrance(authenticator, index.sessions, index.audit, provider=provider, people=users)


def _listening_socket(host: str, port: int) -> socket.socket:
    """Take the port, so that nothing is loaded for a server that can't start."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        _bind(listener, host, port)
    except OSError as error:
        listener.close()
        raise PagelightError(
            f"The chat can't listen on {host}, port {port}: {error.strerror or error}.",
            hint="Choose another port with --port.",
        ) from error
    return listener


def _bind(listener: socket.socket, host: str, port: int) -> None:
    """Take the port, or the next one that is free. Raises OSError where none is."""
    for tried in range(port, min(port + MAX_PORTS, MAX_PORT) + 1):
        try:
            listener.bind((host, tried))
        except OSError as error:
            if error.errno != errno.EADDRINUSE or tried in {port + MAX_PORTS, MAX_PORT}:
                raise
            logger.warning("Port %d is taken; trying the next.", tried)
        else:
            return


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
    import uvicorn  # noqa: PLC0415 - the command line starts without it

    class AnnouncingServer(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            waiting = ThreadPoolExecutor(MAX_THREADS, thread_name_prefix="waiting")
            asyncio.get_running_loop().set_default_executor(waiting)
            await super().startup(sockets)
            on_started()

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            await super().shutdown(sockets)
            await asyncio.to_thread(on_ended)

    from pagelight.server.middleware.timed_protocol import TimedProtocol  # noqa: PLC0415 - as above

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
