"""What a form sends, as names and values. Knows bytes; nothing of what they mean."""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qs

from starlette.requests import Request

MOST_FIELDS: Final = 1000

Form = dict[str, list[str]]


async def form_of(request: Request) -> Form:
    """Return the fields of a form; none of what is no form."""
    body = await request.body()
    try:
        return parse_qs(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        return {}


def one_of(form: Form, name: str) -> str:
    """Return a field's last value; empty where it is not told."""
    return form.get(name, [""])[-1]
