"""The page of who is signed in: another password, and where they are signed in. Knows words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pagelight.server.auth.people_lists import sessions_html
from pagelight.server.auth.plain_page import plain_page
from pagelight.ui.html.escape import escaped
from pagelight.ui.html.language import say
from rag.storage.accounts.sessions import SignedIn

_HIDDEN: Final = (
    '<input type="hidden" name="do" value="password">'
    '<input hidden autocomplete="username" value="{name}">'
)
_FIELD: Final = (
    '<label for="{at}">{label}</label><input id="{at}" name="{at}" type="password" '
    'autocomplete="{kind}" required{more}>'
)
_LEAST: Final = ' minlength="8"'


def account_html(
    name: str, sessions: Sequence[SignedIn], *, told: str = "", wrong: str = ""
) -> str:
    """Return the page; `told` is what was done, `wrong` why something was not."""
    note = f'<p class="wrong" role="alert">{escaped(wrong)}</p>' if wrong else ""
    note += f'<p class="told" role="status">{escaped(told)}</p>' if told and not wrong else ""
    back = f'<p><a href="/">{say("Back to the documents")}</a></p>'
    where = f"<h2>{say('Signed in')}</h2>{sessions_html(sessions)}{_out()}"
    return plain_page(name, f"{back}{note}{_form(name)}{where}")


def _form(name: str) -> str:
    old, new = "current-password", "new-password"
    fields = (
        ("old", say("Password until now"), old, ""),
        ("new", say("New password (8 letters or more)"), new, _LEAST),
        ("again", say("The new one once more"), new, _LEAST),
    )
    shown = "".join(
        _FIELD.format(at=at, label=label, kind=kind, more=more) for at, label, kind, more in fields
    )
    told = say("You stay signed in here, and are signed out everywhere else.")
    return (
        f'<h2>{say("Password")}</h2><form method="post">{_HIDDEN.format(name=escaped(name))}{shown}'
        f'<p class="soft">{told}</p><button class="main">{say("Change it")}</button></form>'
    )


def _out() -> str:
    return (
        '<form method="post"><input type="hidden" name="do" value="out">'
        f"<button>{say('Sign out everywhere')}</button></form>"
    )
