"""The page where one signs in: a form that needs no script. Knows words; nothing of HTTP."""

from __future__ import annotations

from typing import Final

from pagelight.server.auth.plain_page import plain_page
from pagelight.ui.html.escape import escaped
from pagelight.ui.html.language import key, known, say

SIGNED_OUT: Final = key("You are signed out.")
WRONG: Final = key("This name and password do not fit. Check both; capital letters count.")
NOT_IT: Final = key("This password does not fit. Capital letters count.")
NO_TOKEN: Final = key("This token does not fit.")
NOBODY: Final = key(
    "Nobody can sign in just now. Who runs Pagelight finds the reason in its terminal."
)
_NAME: Final = (
    '<label for="name">{label}</label><input id="name" name="name" value="{name}" '
    'autocomplete="username" autocapitalize="none" spellcheck="false" required{focus}>'
)
_FORM: Final = (
    '<form method="post">{told}{name}<label for="password">{label}</label>'
    '<input id="password" name="password" type="password" autocomplete="current-password" '
    'required{focus}{described}><button class="main">{enter}</button></form>'
)


_PROVIDER: Final = '<p><a class="button" href="{at}">{told}</a></p><p class="soft">{other}</p>'
_GO_ON: Final = (
    '<meta http-equiv="refresh" content="0; url={there}"><p class="told" role="status">{told}'
    '</p><p><a href="{there}">{label}</a></p>'
)


def going_on_html(there: str) -> str:
    """Return the page that leads on, as a page of ours: what follows is no other site's link."""
    told, label = say("You are signed in."), say("Go on")
    body = _GO_ON.format(there=escaped(there), told=told, label=label)
    return plain_page(say("Signed in"), body, narrow=True)


def provider_link(host: str, at: str) -> str:
    """Return the way to a provider, as HTML."""
    other = say("Or with a name and a password of Pagelight's own:")
    told = say("Sign in with {host}", host=escaped(host))
    return _PROVIDER.format(told=told, other=other, at=escaped(at))


def sign_in_html(
    *, named: bool, name: str = "", wrong: str = "", told: str = "", provider: str = ""
) -> str:
    """Return the page. `wrong` is why somebody did not come in, `told` anything else to say.

    `provider` is the HTML of the way to one, if there is one.

    `named`: each has a name; else one password is everybody's. It is sent where it was got from,
    so that the address goes on saying what was wished for.
    """
    focus = " autofocus"
    on_name = named and not name
    at = focus if on_name else ""
    field = _NAME.format(label=say("Name"), name=escaped(name), focus=at) if named else ""
    form = _form(
        say("Password"), wrong=wrong, told=told, name=field, focus="" if on_name else focus
    )
    forgotten = say("Forgotten it? Who looks after Pagelight here gives you another.")
    body = f"{provider}{form}<p class='soft'>{forgotten}</p>"
    return plain_page(say("Sign in to Pagelight"), body, narrow=True)


def token_html(*, is_wrong: bool) -> str:
    """Return the page of who comes without the token, or with a wrong one."""
    form = _form(say("Token"), wrong=NO_TOKEN if is_wrong else "")
    how = say("Open the address that Pagelight printed at its start, or paste its token here.")
    again = say("`pagelight token` prints it again.")
    body = f"{form}<p class='soft'>{how} {again}</p>"
    return plain_page(say("Sign in to Pagelight"), body, narrow=True)


def _form(
    label: str, *, wrong: str, told: str = "", name: str = "", focus: str = " autofocus"
) -> str:
    return _FORM.format(
        told=_note(wrong, told),
        label=label,
        enter=say("Sign in"),
        name=name,
        focus=focus,
        described=' aria-describedby="wrong" aria-invalid="true"' if wrong else "",
    )


def _note(wrong: str, told: str) -> str:
    if wrong:
        return f'<p class="wrong" id="wrong" role="alert">{escaped(known(wrong))}</p>'
    return f'<p class="told" role="status">{escaped(known(told))}</p>' if told else ""
