"""One kind of what is stored, fuzzed: `stored.py KIND FINDINGS [libFuzzer's options]`.

KIND is one of `stored_kinds.KINDS`. Started by `fuzzing.py`; see there.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
import traceback
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["rag", "benchmarks"]):
    from benchmarks.parsing.stored_kinds import KINDS
    from rag.errors import PagelightError


class Target:
    """Reads what the fuzzer makes, and keeps what raises anything but an error for a person."""

    def __init__(self, kind: str, findings: Path, scratch: Path) -> None:
        self._kind = kind
        self._findings = findings
        self._scratch = scratch

    def __call__(self, data: bytes) -> None:
        try:
            KINDS[self._kind](self._scratch, data or b"\0")
        except PagelightError:
            pass
        except Exception as error:  # noqa: BLE001 - what is looked for
            self._keep(data, repr((type(error).__name__, _line(error))), traceback.format_exc())

    def _keep(self, data: bytes, place: str, told: str) -> None:
        name = hashlib.sha256(place.encode()).hexdigest()[:12]
        path = self._findings / f"{self._kind}-{name}"
        if not path.exists() or path.stat().st_size > len(data):
            path.write_bytes(data)
            path.with_suffix(".txt").write_text(told, "utf-8", errors="replace")


def _line(error: Exception) -> tuple[str, int | None]:
    frames = [f for f in traceback.extract_tb(error.__traceback__) if "site-packages" not in f[0]]
    return frames[-1].filename, frames[-1].lineno


def main() -> None:
    kind, findings = sys.argv[1], Path(sys.argv[2])
    with tempfile.TemporaryDirectory() as scratch:
        target = Target(kind, findings.resolve(), Path(scratch))
        atheris.Setup([sys.argv[0], *sys.argv[3:]], target)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
