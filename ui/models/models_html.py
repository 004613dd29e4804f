"""The panel of models: what runs, what is here, what could come, and how a change or download goes.

Turns data into HTML. Knows nothing of threads, Gradio or HTTP.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from rag.neural.models.hub import DownloadProgress
from rag.neural.models.model_table import PARTS, Part
from service.asking.seams import ProfileSeam
from service.models.models_job import FetchState
from service.models.models_switch import ModelChange, SwitchView
from ui.html.escape import escaped
from ui.html.words import counted, time_left

_READ: Final[dict[Part, tuple[str, str]]] = {
    "text": ("is reading the documents", "passage"),
    "images": ("is looking at the pictures", "picture"),
}


def models_html(
    found: Mapping[str, Any], state: FetchState, switch: SwitchView, profile: ProfileSeam
) -> str:
    """Return the panel's content; it asks the page to look again while something runs."""
    busy = " data-busy" if state.running or switch.running else ""
    parts = [
        _now(profile),
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
) -> str:
    """Return what stands at the top: what leads to the models, and what could be used at once.

    `offered` are models; None: for somebody who may not change them. `offer` says what a download
    would bring, `state` how far one is.
    """
    if offered is None:
        return ""
    models = (
        '<button type="button" class="action" data-action="models"'
        f' title="{escaped(profile.name)}: what runs, and what could">Models</button>'
    )
    use = _button(f"use/{offered[0]}", f"Use {offered[0]} now") if offered else ""
    return f"{models} {use} {'' if offered else _next(profile, offer, state)}"


def _next(profile: ProfileSeam, offer: str, state: FetchState) -> str:
    """Return what comes, or could come: a download, with its button where it has not begun."""
    words, button = offer or profile.next_step, _button("fetch/all", "Download") if offer else ""
    if state.running:
        words, button = f"Downloading {state.current} {_amount(state.progress)}", ""
    elif state.error and offer:
        words = f"{state.error} What came is kept. {offer}"
    return f'<span class="next">{button} {escaped(words)}</span>' if words else ""


def change_words(change: ModelChange) -> str:
    """Return how far a change of models is, as a line of words."""
    if not change.total:
        return f"Loading {change.name} …" if change.name else "Changing models …"
    does, noun = _READ[change.part]
    done = f"{change.done:,} of {counted(change.total, noun)}"
    speed = f"{change.per_s:.1f}/s" if change.per_s else ""
    told = (f"{change.name} {does}", done, speed, time_left(change.seconds_left))
    return " · ".join(filter(None, told))


def stop_button(change: ModelChange) -> str:
    return _button(f"stay/{change.part}", "Stop")


def _now(profile: ProfileSeam) -> str:
    told = " ".join(filter(None, (profile.summary, profile.next_step)))
    return f"<h2>Models</h2><p>Now: <b>{escaped(profile.name)}</b>. {escaped(told)}</p>"


def _news(state: FetchState, switch: SwitchView) -> str:
    news = ""
    if state.fetched:
        news += f'<p class="good">Here now: {escaped(", ".join(state.fetched))}.</p>'
    for error in filter(None, (state.error, switch.error)):
        news += f'<p class="bad" role="alert">{escaped(error)}</p>'
    return news


def _running(state: FetchState) -> str:
    if not state.running:
        return ""
    words = f"Downloading {escaped(state.current)} {_amount(state.progress)}"
    return _meter(words, _button("stop", "Stop"), _share(state.progress), label="Download")


def _change(change: ModelChange) -> str:
    share = 100 * change.done / change.total if change.total else None
    return _meter(escaped(change_words(change)), stop_button(change), share, label="Change")


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
    return f"{_gigabytes(progress.done_bytes)} of {_gigabytes(progress.total_bytes)}"


def _gigabytes(size_bytes: int) -> str:
    return f"{size_bytes / 1e9:.2f} GB"


def _here(found: Mapping[str, Any], switch: SwitchView) -> str:
    rows = "".join(_here_row(row, switch) for row in found["models"] if row["on_disk"])
    fixed = "".join(
        f'<p class="remark">{escaped(setting)} says what {PARTS[part]}; without it you can choose'
        " here.</p>"
        for part, setting in switch.fixed.items()
    )
    return f'<p>On this machine:</p><ul class="offers">{rows}</ul>{fixed}' if rows else fixed


def _here_row(row: Mapping[str, Any], switch: SwitchView) -> str:
    return (
        f"<li><b>{escaped(row['name'])}</b> {_choices(row['name'], row['part'], switch)}"
        f'<span class="facts">{escaped(row["role"][0].upper() + row["role"][1:])}.</span></li>'
    )


def _choices(name: str, part: Part, switch: SwitchView) -> str:
    """Return what can be done with a model that is here: at most two buttons."""
    used, waiting = switch.in_use[part], switch.waiting.get(part)
    stays = f"use/{used}" if used else f"built-in/{part}"
    if part in switch.fixed or name in {change.name for change in switch.running}:
        return ""
    if name == used:
        return f"In use. {_button(f'built-in/{part}', 'Back to the built-in')}"
    if name == waiting:
        return f"{_button(f'use/{name}', 'Go on')} {_button(stays, 'Leave it')}"
    return _button(f"use/{name}", "Use it now")


def _offer(found: Mapping[str, Any], state: FetchState) -> str:
    names = found["next"]["models"]
    if not names:
        return "<p>Nothing is left to add for this machine.</p>"
    rows = sorted(
        (row for row in found["models"] if row["name"] in names),
        key=lambda row: names.index(row["name"]),
    )
    offers = "".join(_row(row, state) for row in rows)
    whole = "" if state.running else _button("fetch/all", f"Download all, {_size(found['next'])}")
    return (
        f"<p>What fits this machine and would add to it ({found['free_gb']:.0f} GB of disk are"
        f' free):</p><ul class="offers">{offers}</ul><p>{whole}</p>'
        '<p class="remark">Nothing is downloaded unless you press a button; what was is used at'
        " once. Your documents and questions stay on this machine. How well these models do was"
        " not measured here.</p>"
    )


def _row(row: Mapping[str, Any], state: FetchState) -> str:
    button = "" if state.running else _button(f"fetch/{row['name']}", f"Download, {_size(row)}")
    begun = f" · {row['begun_gb']} GB of it here" if row["begun_gb"] else ""
    facts = f"{row['repository']} · {row['licence']} · {row['languages']}{begun}"
    return (
        f"<li><b>{escaped(row['name'])}</b> {button}<span>{escaped(row['adds'])}</span>"
        f'<span class="facts">{escaped(facts)}</span></li>'
    )


def _size(row: Mapping[str, Any]) -> str:
    return f"about {row['download_gb']:.1f} GB"


def _button(post: str, label: str) -> str:
    return (
        f'<button type="button" class="action" data-models="{escaped(post)}">'
        f"{escaped(label)}</button>"
    )
