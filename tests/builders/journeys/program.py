"""The `pagelight` program as the tests start it, and two small documents to ask about."""

import os
import subprocess
import sys
from pathlib import Path

PROGRAM = Path(sys.executable).with_name("pagelight")
NOTE = "Snow at Kestrel Pass lay 317 cm deep on 3 March 1999. The road was closed for nine days."
HUTS = "Hut,Beds,Altitude\nUpper,24,2310 m\nLower,60,1650 m\n"


def pagelight(*arguments, **variables):
    return subprocess.run(
        [PROGRAM, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
        env={**os.environ, **variables},
    )
