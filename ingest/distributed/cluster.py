"""A connection to Ray: to the cluster that is named, or to one started here, for us alone.

Knows addresses and tokens; knows nothing of what is done there.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
from typing import Any, Final
from urllib.parse import urlsplit

from rag.errors import PagelightError, SettingsError

KNOCK_SECONDS: Final = 10.0
"""A cluster that does not take a connection by then is not there."""

OBJECT_STORE_BYTES: Final = 200_000_000
"""Ray's own default is a third of the memory; what passes here are single documents."""

ADDRESS: Final = "RAY_ADDRESS"
"""Ray's own variable: the cluster to use. Without it a Ray is started on this machine."""


def started(cpus: int | None) -> Any:  # noqa: ANN401 - the module
    """Return Ray, connected. Without a cluster's address it is started here, for us alone."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # before the import: it phones home
    address = os.environ.get(ADDRESS)
    if not address:  # its ports are open to the network: only who has the token may use them
        os.environ.setdefault("RAY_AUTH_MODE", "token")
        os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))
    try:
        import ray  # noqa: PLC0415 - an extra that takes 2 s
    except ImportError as error:
        raise SettingsError(
            "--engine ray needs Ray, which is not installed.", hint="Run: pip install ray"
        ) from error
    here: dict[str, Any] = {
        "num_cpus": cpus,
        "include_dashboard": False,
        "object_store_memory": OBJECT_STORE_BYTES,
    }
    try:
        _knock(address or "")
        ray.init(
            address=address or "local",
            log_to_driver=False,
            logging_level=logging.ERROR,
            **({} if address else here),
        )
    except (OSError, RuntimeError, ValueError) as error:
        what = f"The Ray cluster at {address}" if address else "Ray"
        does = "does not answer" if address else "does not start"
        raise PagelightError(f"{what} {does} ({error}).", hint=f"Check {ADDRESS}.") from error
    return ray


def _knock(address: str) -> None:
    """Raise OSError where nobody answers: Ray itself tries for minutes, then ends the program."""
    parts = urlsplit(address if "://" in address else f"//{address}")
    if parts.hostname and parts.port:
        socket.create_connection((parts.hostname, parts.port), timeout=KNOCK_SECONDS).close()
