"""The panel that offers models: what each adds, its licence and size, and how a download goes.

Turns data into HTML. Knows nothing of threads, Gradio or HTTP.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rag.neural.hub import DownloadProgress
from ui.escape import escaped
from ui.models_job import FetchState
from ui.seams import Profile


def models_html(found: Mapping[str, Any], state: FetchState, profile: Profile) -> str:
    """Return the panel's content; it asks the page to look again while something runs."""
    busy = " data-busy" if state.running else ""
    parts = [_now(profile), _news(state), _running(state), _offer(found, state)]
    return f'<div class="models"{busy}>{"".join(parts)}</div>'


def _now(profile: Profile) -> str:
    return f"<h2>Models</h2><p>Now: <b>{escaped(profile.name)}</b>. {escaped(profile.summary)}</p>"


def _news(state: FetchState) -> str:
    news = ""
    if state.fetched:
        names = escaped(", ".join(state.fetched))
        news += f'<p class="good">Here now: {names}. Used from the next start on.</p>'
    if state.error:
        news += f'<p class="bad" role="alert">{escaped(state.error)}</p>'
    return news


def _running(state: FetchState) -> str:
    if not state.running:
        return ""
    share = _share(state.progress)
    value = f' value="{share:.1f}"' if share is not None else ""
    return (
        f'<p role="status">Downloading {escaped(state.current)} {_amount(state.progress)}'
        f" {_button('stop', 'Stop')}</p>"
        f'<progress max="100"{value} aria-label="Download"></progress>'
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


def _offer(found: Mapping[str, Any], state: FetchState) -> str:
    names = found["next"]["models"]
    if not names:
        return "<p>Nothing is left to add for this machine.</p>"
    rows = sorted(
        (row for row in found["models"] if row["name"] in names),
        key=lambda row: names.index(row["name"]),
    )
    offers = "".join(_row(row, state) for row in rows)
    whole = "" if state.running else _button("all", f"Download all, {_size(found['next'])}")
    return (
        f"<p>What fits this machine and would add to it ({found['free_gb']:.0f} GB of disk are"
        f' free):</p><ul class="offers">{offers}</ul><p>{whole}</p>'
        '<p class="remark">Nothing is downloaded unless you press a button. Your documents and'
        " questions stay on this machine. How well these models do was not measured here.</p>"
    )


def _row(row: Mapping[str, Any], state: FetchState) -> str:
    button = "" if state.running else _button(row["name"], f"Download, {_size(row)}")
    begun = f" · {row['begun_gb']} GB of it here" if row["begun_gb"] else ""
    facts = f"{row['repository']} · {row['licence']} · {row['languages']}{begun}"
    return (
        f"<li><b>{escaped(row['name'])}</b> {button}<span>{escaped(row['adds'])}</span>"
        f'<span class="facts">{escaped(facts)}</span></li>'
    )


def _size(row: Mapping[str, Any]) -> str:
    return f"about {row['download_gb']:.1f} GB"


def _button(name: str, label: str) -> str:
    return (
        f'<button type="button" class="action" data-fetch="{escaped(name)}">'
        f"{escaped(label)}</button>"
    )
