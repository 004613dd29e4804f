"""The address of a generator's server, and whose machine that is.

Knows addresses; opens none.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from rag.errors import SettingsError

SCHEMES: Final = ("http", "https")
_HINT: Final = "Say an address such as http://127.0.0.1:8000/v1."


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A server's address, with `/` at its end. `host`, with its port, is what a person is shown.

    `here` tells whether it is this machine; `far` whether it is, or may be, outside the person's
    own network. A name is not looked up: any but localhost counts as far.
    """

    url: str
    host: str
    here: bool
    far: bool

    @property
    def notice(self) -> str:
        """Where passages go, as a sentence; "" where they stay on this machine."""
        if self.here:
            return ""
        plainly = "" if self.url.startswith("https:") or not self.far else ", unencrypted"
        return f"Your passages are sent to {self.host}{plainly}."


def read_address(text: str, *, setting: str = "RAG_GENERATOR") -> Address:
    """Return the address; raise SettingsError where it is none of a server."""
    try:
        parts = urlsplit(text.strip())
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise SettingsError(f"{setting} is no address: {error}.", hint=_HINT) from error
    if parts.scheme not in SCHEMES or not host:
        raise SettingsError(f"{setting} is {text!r}, which is no address.", hint=_HINT)
    if parts.username is not None or parts.query or parts.fragment:
        raise SettingsError(
            f"{setting} holds more than an address.", hint=f"A key goes to {setting}_KEY."
        )
    here, near = _whose(host)
    shown = host if port is None else f"{host}:{port}"
    return Address(url=f"{text.strip().rstrip('/')}/", host=shown, here=here, far=not near)


def _whose(host: str) -> tuple[bool, bool]:
    """Return whether a host is this machine, and whether it is in the person's own network."""
    if host == "localhost" or host.endswith(".localhost"):  # RFC 6761: it is always this machine
        return True, True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False, False
    return address.is_loopback, address.is_private and not address.is_unspecified
