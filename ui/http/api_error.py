"""Errors of the API that has OpenAI's form, as its clients read them. Knows HTTP's status codes."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

V1: Final = "/v1/"
"""What begins so is answered in OpenAI's form, errors too."""

_KINDS: Final = {
    HTTPStatus.UNAUTHORIZED: "authentication_error",
    HTTPStatus.FORBIDDEN: "permission_error",
    HTTPStatus.TOO_MANY_REQUESTS: "rate_limit_error",
}


def error_json(status: int, message: str, *, code: str = "", param: str = "") -> dict[str, Any]:
    """Return the body of an error; `code` is for programs, `param` the field that is wrong."""
    usual = (
        "server_error" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "invalid_request_error"
    )
    kind = _KINDS.get(HTTPStatus(status), usual)
    return {
        "error": {"message": message, "type": kind, "param": param or None, "code": code or None}
    }
