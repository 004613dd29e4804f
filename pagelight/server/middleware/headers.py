"""Headers of answers: how long a browser may keep them, and what it may do with them."""

from __future__ import annotations

from typing import Final

from pagelight.server.middleware.asgi import Message, Send

KEPT: Final = {"cache-control": "private, max-age=31536000, immutable"}
"""For what is named by its content."""

FRESH: Final = {"cache-control": "no-store"}

WORKER_POLICY: Final = "default-src 'self'"
DATA_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
FORM_POLICY: Final = (
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
PLAIN: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(self), geolocation=()"),
    # What one person's browser keeps is not for the next.
    (b"vary", b"authorization, cookie"),
)
SECRETIVE: Final = (b"referrer-policy", b"no-referrer")
WITH_FORMS: Final = (b"referrer-policy", b"same-origin")
"""A form that is sent from a page without referrers has no origin, and is refused."""


def page_policy(nonce: str) -> str:
    """Return the content security policy of the page. Gradio sets styles inline, but no scripts."""
    return (
        f"default-src 'self'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; object-src 'none'; "
        "base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
    )


class Seal:
    """Sends on, with headers that keep an answer from being or doing more than its policy says."""

    def __init__(self, send: Send, policy: str, referrers: tuple[bytes, bytes] = SECRETIVE) -> None:
        self._send = send
        self._policy = policy
        self._referrers = referrers

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            policy = (b"content-security-policy", self._policy.encode())
            headers = [*message["headers"], *PLAIN, self._referrers, policy]
            message = {**message, "headers": headers}
        await self._send(message)
