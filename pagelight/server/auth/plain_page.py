"""A page of forms in the chat's looks, without scripts, light or dark as the system is."""

from __future__ import annotations

from typing import Final

from pagelight.ui.html.escape import escaped
from pagelight.ui.html.language import spoken

_STYLE: Final = """
:root { color-scheme: light dark; --ink: #1c2430; --soft: #566070; --paper: #f6f7f9; --card: #fff; --line: #d5dae1; --edge: #7b8594; --accent: #3f51d8; --on-accent: #fff; --bad: #a3261b; --good: #1d6b3c; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8ebf0; --soft: #a9b3c0; --paper: #12161c; --card: #1a2028; --line: #333d49; --edge: #8290a0; --accent: #a3aeff; --on-accent: #12161c; --bad: #ff9a8f; --good: #7fd6a0; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 ui-sans-serif, system-ui, sans-serif; overflow-wrap: anywhere; }
main { max-width: 1080px; margin: 0 auto; padding: 28px 16px 60px; }
main.narrow { max-width: 400px; padding-top: 12vh; }
h1 { font-size: 24px; line-height: 1.3; margin: 0 0 18px; }
h2 { font-size: 18px; margin: 32px 0 10px; }
h3, .card h2 { font-size: 17px; margin: 0 0 8px; }
p { margin: 0 0 12px; }
a { color: var(--accent); }
.soft { color: var(--soft); font-size: 14px; }
form, .card { background: var(--card); border: 1px solid var(--line); border-radius: 14px; padding: 18px; margin: 0 0 14px; }
.card form { border: 0; padding: 0; margin: 0 0 10px; background: none; }
label { display: block; font-weight: 600; font-size: 14px; margin: 0 0 4px; }
label.box { display: flex; gap: 8px; align-items: center; font-weight: 400; margin: 0 0 8px; }
fieldset { border: 1px solid var(--line); border-radius: 10px; margin: 0 0 14px; padding: 10px 12px; }
legend { font-weight: 600; font-size: 14px; padding: 0 4px; }
input, select, button { font: inherit; color: inherit; min-height: 44px; border-radius: 10px; }
input:not([type=checkbox]), select { width: 100%; background: var(--paper); border: 1px solid var(--edge); padding: 8px 10px; margin: 0 0 14px; }
input[type=checkbox] { min-height: 22px; width: 22px; }
button { background: var(--card); border: 1px solid var(--edge); padding: 8px 16px; cursor: pointer; }
button.main { background: var(--accent); border-color: var(--accent); color: var(--on-accent); font-weight: 600; }
main.narrow button, a.button { width: 100%; }
a.button { display: block; text-align: center; padding: 9px 16px; border: 1px solid var(--edge); border-radius: 10px; background: var(--card); color: var(--ink); font-weight: 600; text-decoration: none; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.wrong { color: var(--bad); font-weight: 600; }
.told { color: var(--good); font-weight: 600; }
.fields { display: grid; grid-template-columns: repeat(auto-fill, minmax(220px, 1fr)); gap: 0 14px; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
th, td { text-align: start; vertical-align: top; padding: 8px 10px; border-bottom: 1px solid var(--line); }
summary { cursor: pointer; padding: 10px 0; font-weight: 600; }
"""  # noqa: E501 - a rule a line


def plain_page(title: str, body: str, *, narrow: bool = False) -> str:
    """Return the page in the spoken language; `body` is HTML, `narrow` for one form alone."""
    kind = ' class="narrow"' if narrow else ""
    return (
        f'<!DOCTYPE html><html lang="{spoken()}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escaped(title)}</title><style>{_STYLE}</style></head><body><main{kind}>"
        f"<h1>{escaped(title)}</h1>{body}</main></body></html>"
    )
