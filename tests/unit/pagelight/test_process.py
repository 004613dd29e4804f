"""Memory of many threads: in a process of its own, for what is set stays set."""

import platform
import subprocess
import sys

import pytest

from pagelight.process import ARENAS

THREADS = 8
MANY_THREADS = f"""
import ctypes, sys, threading

from pagelight.process import limit_arenas

limit_arenas(eval(sys.argv[1]))
libc, all_there = ctypes.CDLL(None), threading.Barrier({THREADS} + 1)
for _ in range({THREADS}):
    threading.Thread(target=lambda: (bytearray(10_000), all_there.wait(), all_there.wait())).start()
all_there.wait()
libc.malloc_info(0, ctypes.c_void_p.in_dll(libc, "stdout"))
all_there.wait()
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has arenas")
def test_many_threads_share_few_arenas_unless_the_environment_says_how_many():
    assert _arenas("{}") == ARENAS
    assert _arenas("{'MALLOC_ARENA_MAX': '64'}") > ARENAS


def _arenas(environment: str) -> int:
    command = [sys.executable, "-c", MANY_THREADS, environment]
    told = subprocess.run(command, capture_output=True, check=True, text=True, timeout=60)
    return told.stdout.count("<heap nr=")
