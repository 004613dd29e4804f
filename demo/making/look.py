"""How the demo's documents look: colours and fonts that matplotlib carries along."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import matplotlib as mpl
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

INK: Final = "#1d2b36"
BLUE: Final = "#1f5f8b"
SKY: Final = "#8fb8d6"
ICE: Final = "#e6eff5"
AMBER: Final = "#d9822b"
GREY: Final = "#6b7782"

FONTS: Final = Path(mpl.get_data_path()) / "fonts" / "ttf"
SERIF: Final = "STIXGeneral"
TYPEWRITER: Final = FONTS / "cmtt10.ttf"
SANS: Final = FONTS / "DejaVuSans.ttf"
SANS_BOLD: Final = FONTS / "DejaVuSans-Bold.ttf"


def register_serif() -> None:
    """Make `STIXGeneral` with bold and italic known to reportlab."""
    styles = {"": "", "-Bold": "Bol", "-Italic": "Italic", "-BoldItalic": "BolIta"}
    for name, suffix in styles.items():
        pdfmetrics.registerFont(TTFont(SERIF + name, str(FONTS / f"STIXGeneral{suffix}.ttf")))
    pdfmetrics.registerFontFamily(
        SERIF,
        normal=SERIF,
        bold=f"{SERIF}-Bold",
        italic=f"{SERIF}-Italic",
        boldItalic=f"{SERIF}-BoldItalic",
    )
