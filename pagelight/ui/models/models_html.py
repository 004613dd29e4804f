"""The panel of models: what runs, what is here, what could come, and how a change or download goes.

Turns data into HTML. Knows nothing of threads, Gradio or HTTP.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pagelight.services.answering.protocols import ProfileSeam
from pagelight.services.models.models_job import FetchState
from pagelight.services.models.models_switch import ModelChange, SwitchView
from pagelight.ui.html.escape import escaped
from pagelight.ui.html.language import key, known, say, say_count, say_number
from pagelight.ui.html.sentences import translated
from pagelight.ui.html.words import time_left
from pagelight.ui.models.writer_words import said_at_rest, writer_words
from rag.models.registry.hub import DownloadProgress
from rag.models.registry.model_table import PARTS, Part
from rag.models.setup.state import SetupState

_READ: Final[dict[Part, tuple[str, str, str]]] = {
    "text": (
        key("{name} is reading the documents"),
        key("{done} of {n} passage"),
        key("{done} of {n} passages"),
    ),
    "images": (
        key("{name} is looking at the pictures"),
        key("{done} of {n} picture"),
        key("{done} of {n} pictures"),
    ),
}
OF_THE_SERVICE: Final = key(
    "The models that fit this machine would write answers and look at pictures: about {size} GB"
    " ({licences}), some {minutes} minutes at {speed} Mbit/s."
)
"""What `pagelight.services.models.models.set_offer` says."""


def models_html(
    found: Mapping[str, Any], state: FetchState, switch: SwitchView, profile: ProfileSeam
) -> str:
    """Return the panel's content; it asks the page to look again while something runs."""
    busy = " data-busy" if state.running or switch.running else ""
    parts = [
        _now(profile),
        _bundled(found["bundled"]),
        _news(state, switch),
        _running(state),
        *map(_change, switch.running),
        _here(found, switch),
        _offer(found, state),
    ]
    return f'<div class="models"{busy}>{"".join(parts)}</div>'


def profile_html(
    profile: ProfileSeam,
    offered: Sequence[str] | None,
    *,
    offer: str = "",
    state: FetchState = FetchState(),  # noqa: B008 - a value that does not change
    writer: str = "",
) -> str:
    """Return what stands at the top: what leads to the models, and what could be used at once.

    `offered` are models; None: for somebody who may not change them. `offer` says what a download
    would bring, `state` how far one is, `writer` how the model of the set-up comes.
    """
    if offered is None:
        return ""
    models = (
        '<button type="button" class="action" data-action="models"'
        f' title="{escaped(profile.name)}: {say("what runs, and what could")}">'
        f"{say('Models')}</button>"
    )
    use = _button(f"use/{offered[0]}", say("Use {name} now", name=offered[0])) if offered else ""
    coming = f'<span class="next">{escaped(writer)}</span>' if writer else ""
    return f"{models} {use} {'' if offered else coming or _next(profile, offer, state)}"


def _next(profile: ProfileSeam, offer: str, state: FetchState) -> str:
    """Return what comes, or could come: a download, with its button where it has not begun."""
    words, button = offer or translated(profile.next_step), ""
    if offer:
        button = _button("fetch/all", say("Download"))
    if state.running:
        words, button = _downloading(state), ""
    elif state.error and offer:
        words = f"{translated(state.error)} {say('What came is kept.')} {offer}"
    return f'<span class="next">{button} {escaped(words)}</span>' if words else ""


def change_words(change: ModelChange) -> str:
    """Return how far a change of models is, as a line of words."""
    if not change.total:
        named = say("Loading {name} …", name=change.name)
        return named if change.name else say("Changing models …")
    does, *counts = _READ[change.part]
    done = say_count(change.total, *counts, done=say_number(change.done))
    speed = f"{say_number(change.per_s, places=1)}/s" if change.per_s else ""
    told = (say(does, name=change.name), done, speed, time_left(change.seconds_left))
    return " · ".join(filter(None, told))


def stop_button(change: ModelChange) -> str:
    return _button(f"stay/{change.part}", say("Stop"))


def _now(profile: ProfileSeam) -> str:
    told = " ".join(translated(words) for words in (profile.summary, profile.next_step) if words)
    now = f"{say('Now:')} <b>{escaped(profile.name)}</b>. {escaped(told)}"
    return f"<h2>{say('Models')}</h2><p>{now}</p>"


def _bundled(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return how the models stand that come with the set-up, a line each."""
    return "".join(_bundled_line(row) for row in rows)


def _bundled_line(row: Mapping[str, Any]) -> str:
    state = SetupState(
        stage=row["state"], share=row["share"], problem=row["problem"], hint=row["hint"]
    )
    told = writer_words(state) or said_at_rest(state)
    facts = f"{row['source']} · {row['licence']} · {row['disk_gb']} GB"
    return (
        f"<p><b>{escaped(row['name'])}</b> {escaped(told)}"
        f' <span class="facts">{escaped(facts)}</span></p>'
    )


def _news(state: FetchState, switch: SwitchView) -> str:
    news = ""
    if state.fetched:
        came = escaped(", ".join(state.fetched))
        news += f'<p class="good">{say("Here now:")} {came}.</p>'
    for error in filter(None, (state.error, switch.error)):
        news += f'<p class="bad" role="alert">{escaped(translated(error))}</p>'
    return news


def _running(state: FetchState) -> str:
    if not state.running:
        return ""
    words, label = escaped(_downloading(state)), say("Download")
    return _meter(words, _button("stop", say("Stop")), _share(state.progress), label=label)


def _downloading(state: FetchState) -> str:
    how_far = _amount(state.progress)
    return say("Downloading {name} {how_far}", name=state.current, how_far=how_far)


def _change(change: ModelChange) -> str:
    share = 100 * change.done / change.total if change.total else None
    return _meter(escaped(change_words(change)), stop_button(change), share, label=say("Change"))


def _meter(words: str, button: str, share: float | None, *, label: str) -> str:
    value = f' value="{share:.1f}"' if share is not None else ""
    return (
        f'<p role="status">{words} {button}</p>'
        f'<progress max="100"{value} aria-label="{label}"></progress>'
    )


def _share(progress: DownloadProgress | None) -> float | None:
    if progress is None or not progress.total_bytes:
        return None
    return 100 * progress.done_bytes / progress.total_bytes


def _amount(progress: DownloadProgress | None) -> str:
    if progress is None or not progress.total_bytes:
        return "…"
    done, total = _gigabytes(progress.done_bytes), _gigabytes(progress.total_bytes)
    return say("{n} of {count}", n=done, count=total)


def _gigabytes(size_bytes: int) -> str:
    return f"{say_number(size_bytes / 1e9, places=2)} GB"


def _here(found: Mapping[str, Any], switch: SwitchView) -> str:
    rows = "".join(_here_row(row, switch) for row in found["models"] if row["on_disk"])
    fixed = "".join(
        f'<p class="remark">{_fixed(setting, part)}</p>' for part, setting in switch.fixed.items()
    )
    return (
        f'<p>{say("On this machine:")}</p><ul class="offers">{rows}</ul>{fixed}' if rows else fixed
    )


def _here_row(row: Mapping[str, Any], switch: SwitchView) -> str:
    role = known(row["role"][0].upper() + row["role"][1:])
    return (
        f"<li><b>{escaped(row['name'])}</b> {_choices(row['name'], row['part'], switch)}"
        f'<span class="facts">{escaped(role)}.</span></li>'
    )


def _choices(name: str, part: Part, switch: SwitchView) -> str:
    """Return what can be done with a model that is here: at most two buttons."""
    if part not in PARTS:
        return say("Set {setting} to its name.", setting="RAG_TRANSCRIBER")
    used, waiting = switch.in_use[part], switch.waiting.get(part)
    stays = f"use/{used}" if used else f"built-in/{part}"
    if part in switch.fixed or name in {change.name for change in switch.running}:
        return ""
    if name == used:
        return f"{say('In use.')} {_button(f'built-in/{part}', say('Back to the built-in'))}"
    if name == waiting:
        return f"{_button(f'use/{name}', say('Go on'))} {_button(stays, say('Leave it'))}"
    return _button(f"use/{name}", say("Use it now"))


def _offer(found: Mapping[str, Any], state: FetchState) -> str:
    names = found["next"]["models"]
    if not names:
        return f"<p>{say('Nothing is left to add for this machine.')}</p>"
    rows = sorted(
        (row for row in found["models"] if row["name"] in names),
        key=lambda row: names.index(row["name"]),
    )
    offers = "".join(_row(row, state) for row in rows)
    label = say("Download all, {size}", size=_size(found["next"]))
    whole = "" if state.running else _button("fetch/all", label)
    free = say(
        "What fits this machine and would add to it ({n} GB of disk are free):",
        n=say_number(found["free_gb"]),
    )
    return (
        f'<p>{free}</p><ul class="offers">{offers}</ul><p>{whole}</p>'
        f'<p class="remark">{known(NOTHING_BY_ITSELF)}</p>'
    )


NOTHING_BY_ITSELF: Final = key(
    "None of these is downloaded unless you press a button; what was is used at once. Your"
    " documents and questions stay on this machine. How well these models do was not measured here."
)


def _fixed(setting: str, part: Part) -> str:
    told = say(
        "{setting} says what {role}; without it you can choose here.",
        setting=setting,
        role=known(PARTS[part]),
    )
    return escaped(told)


def _row(row: Mapping[str, Any], state: FetchState) -> str:
    button = "" if state.running else _download(row)
    here = say("{n} GB of it here", n=say_number(row["begun_gb"] or 0, places=1))
    begun = f" · {here}" if row["begun_gb"] else ""
    facts = f"{row['repository']} · {row['licence']} · {known(row['languages'])}{begun}"
    return (
        f"<li><b>{escaped(row['name'])}</b> {button}<span>{escaped(translated(row['adds']))}</span>"
        f'<span class="facts">{escaped(facts)}</span></li>'
    )


def _size(row: Mapping[str, Any]) -> str:
    return say("about {n} GB", n=say_number(row["download_gb"], places=1))


def _download(row: Mapping[str, Any]) -> str:
    return _button(f"fetch/{row['name']}", say("Download, {size}", size=_size(row)))


def _button(post: str, label: str) -> str:
    return (
        f'<button type="button" class="action" data-models="{escaped(post)}">'
        f"{escaped(label)}</button>"
    )
