"""How the chat looks, as far as Gradio decides it: fonts of the system, calm colours."""

from __future__ import annotations

from typing import Final

import gradio as gr

FONT: Final = ("ui-sans-serif", "system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif")
MONO: Final = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace")


def theme() -> gr.themes.Base:
    """Return the theme. Plain font names, so that no font is ever fetched."""
    return gr.themes.Base(
        primary_hue="indigo",
        neutral_hue="slate",
        radius_size="lg",
        font=list(FONT),
        font_mono=list(MONO),
    )
