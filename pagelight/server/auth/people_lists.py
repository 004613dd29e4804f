"""Where people are signed in, and who did what, as HTML. Knows rows; nothing of HTTP."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from pagelight.ui.html.escape import escaped
from pagelight.ui.html.language import key, known, say
from rag.storage.accounts.audit import AuditLine
from rag.storage.accounts.sessions import SignedIn

OWNED: Final = key("the owner")
_BROWSERS: Final = ("Edg", "Firefox", "Chrome", "Safari")
_NAMES: Final = {"Edg": "Edge"}


def sessions_html(sessions: Sequence[SignedIn]) -> str:
    """Return the sessions, each with a button that ends it."""
    if not sessions:
        return f'<p class="soft">{say("Nowhere.")}</p>'
    return "".join(
        f'<form method="post"><input type="hidden" name="do" value="end">'
        f'<input type="hidden" name="session" value="{one.id}">'
        f"<p>{_where(one)}</p><button>{say('End')}</button></form>"
        for one in sessions
    )


def _where(session: SignedIn) -> str:
    return say(
        "{browser} at {address}, since {begun}, last used {used}",
        browser=browser(session.agent),
        address=escaped(session.address),
        begun=moment(session.begun_s),
        used=moment(session.used_s),
    )


def browser(agent: str) -> str:
    """Return what a browser is called; each says that it is like those before it, too."""
    found = next((one for one in _BROWSERS if one in agent), "")
    return _NAMES.get(found, found) or say("A browser")


def audit_html(lines: Sequence[AuditLine], *, who: str) -> str:
    """Return the lines as a table; `who` is whose they are, if not everybody's."""
    title = say("What was done by {name}", name=escaped(who)) if who else say("What was done")
    every = f'<p><a href="/people">{say("Those of everybody")}</a></p>' if who else ""
    rows = "".join(_row(line) for line in lines)
    if not rows:
        return f"<h2>{title}</h2>{every}<p class='soft'>{say('Nothing yet.')}</p>"
    names = (say("When"), say("Who"), say("What"), say("From"))
    heads = "".join(f'<th scope="col">{head}</th>' for head in names)
    told = say(
        "The last {n} lines, newest first; {command} lists them all.",
        n=len(lines),
        command="<code>pagelight audit</code>",
    )
    return (
        f"<h2>{title}</h2>{every}<p class='soft'>{told}</p>"
        f'<div class="wide" tabindex="0" role="region" aria-label="{title}"><table><thead>'
        f"<tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _row(line: AuditLine) -> str:
    about = f" <bdi>{escaped(line.about)}</bdi>" if line.about else ""
    cells = (
        moment(line.at_s),
        f"<bdi>{escaped(line.who or known(OWNED))}</bdi>",
        f"{escaped(known(line.what))}{about}",
        escaped(line.address),
    )
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def moment(at_s: float) -> str:
    """Return a time of this machine's clock, to the minute."""
    return f"{datetime.fromtimestamp(at_s).astimezone():%Y-%m-%d %H:%M}"
