"""`pagelight chat` that writes, on SIGUSR1, what it has loaded and what Pillow opened in it.

`python watched_chat.py TOLD ARGUMENTS…`; TOLD is the file that it writes.
"""

import json
import os
import signal
import sys
import traceback
from pathlib import Path

import gradio  # noqa: F401 - it loads Pillow with all of its formats, whoever imports it
from PIL import Image

from app import main

TOLD = Path(sys.argv[1])
LOADED_BY_GRADIO = frozenset(sys.modules)
opened: list[str] = []
open_picture = Image.open


def noting(*arguments, **options):
    opened.append("".join(traceback.format_stack(limit=4)))
    return open_picture(*arguments, **options)


def tell(*_: object) -> None:
    told = {"loaded": sorted(set(sys.modules) - LOADED_BY_GRADIO), "opened": opened}
    beside = TOLD.with_suffix(".part")
    beside.write_text(json.dumps(told), encoding="utf-8")
    beside.replace(TOLD)


if __name__ == "__main__":
    Image.open = noting
    signal.signal(signal.SIGUSR1, tell)
    os.environ["RAG_OCR"] = "0"
    sys.argv = ["pagelight", *sys.argv[2:]]
    sys.exit(main())
