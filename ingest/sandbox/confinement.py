"""A child shuts itself in as far as the kernel lets it: no network, no look into other processes.

Namespaces (unshare(2), user_namespaces(7)), capabilities(7), landlock(7). Knows system calls;
knows nothing of files. What can't be had is left out, and told by `pagelight doctor`.
"""

from __future__ import annotations

import ctypes
import os
import struct
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import msgspec

from rag.decoding import decoded

_NEW_USER: Final = 0x10000000
_NEW_NETWORK: Final = 0x40000000
_NO_NEW_PRIVILEGES: Final = 38
_CREATE_RULESET: Final = 444
_RESTRICT_SELF: Final = 446
"""System calls, of one number on all machines."""

_POWERS_VERSION: Final = 0x20080522
_OF_FILES: Final = 0b1111
_TELL_VERSION: Final = 1
_TCP: Final = 0b11
"""LANDLOCK_ACCESS_NET_BIND_TCP and _CONNECT_TCP; from version 4 on."""

_SCOPES: Final = 0b11
"""LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET and _SIGNAL; from version 6 on."""

_TCP_SINCE: Final = 4
_SCOPES_SINCE: Final = 6

_TELL: Final = "from ingest.sandbox.confinement import tell; tell()"
_CODE_ROOT: Final = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Confinement:
    """How a child is shut in. `landlock` is the kernel's version of it, 0 for none."""

    no_network: bool
    landlock: int

    def __str__(self) -> str:
        network = "without a network" if self.no_network else ""
        landlock = f"shut in by Landlock {self.landlock}" if self.landlock else ""
        if walls := " and ".join(filter(None, (network, landlock))):
            return f"Files are read in processes {walls}."
        return (
            "Files are read in processes that the system does not keep from the network: it has "
            "neither namespaces nor Landlock for this user."
        )


def confine() -> Confinement:
    """Shut this process in for good, before it has threads; what it starts is shut in as well."""
    if sys.platform != "linux":
        return Confinement(no_network=False, landlock=0)
    system = ctypes.CDLL(None, use_errno=True)
    no_network = _leave_network(system)
    _drop_powers(system)
    return Confinement(no_network=no_network, landlock=_landlock(system))


def confinement() -> Confinement:
    """Return how children are shut in on this machine: one is started that does it and tells."""
    process = subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-P", "-c", _TELL],
        capture_output=True,
        check=True,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(_CODE_ROOT), *filter(None, sys.path)]),
        },
    )
    return decoded(process.stdout, Confinement)


def tell() -> None:
    """Shut this process in and print how, as JSON."""
    sys.stdout.buffer.write(msgspec.json.encode(asdict(confine())))


def _leave_network(system: ctypes.CDLL) -> bool:
    """Have a network of one's own, with nothing in it.

    Root, where it may not do that at once, keeps its network: with users of its own it could not
    read the files of others any more.
    """
    if system.unshare(_NEW_NETWORK) == 0:
        return True
    user, group = os.getuid(), os.getgid()
    if user == 0 or system.unshare(_NEW_USER | _NEW_NETWORK) != 0:
        return False
    own = Path("/proc/self")
    (own / "setgroups").write_text("deny", encoding="ascii")
    (own / "uid_map").write_text(f"{user} {user} 1", encoding="ascii")
    (own / "gid_map").write_text(f"{group} {group} 1", encoding="ascii")
    return True


def _drop_powers(system: ctypes.CDLL) -> None:
    """Keep of what root may do what concerns files alone: CAP_CHOWN to CAP_FOWNER, 0 to 3.

    With CAP_PERFMON a process would look into all others, Landlock or not.
    """
    header = ctypes.create_string_buffer(struct.pack("=Ii", _POWERS_VERSION, 0))
    powers = ctypes.create_string_buffer(2 * 12)  # twice 32 bits: effective, permitted, inheritable
    if system.capget(header, powers) != 0:
        return
    _, permitted, _ = struct.unpack_from("=3I", powers)
    kept = permitted & _OF_FILES
    system.capset(header, struct.pack("=6I", kept, kept, 0, 0, 0, 0))


def _landlock(system: ctypes.CDLL) -> int:
    """Refuse TCP, and signals, abstract sockets and the memory of processes outside.

    Return the kernel's version; 0 where it has none that can do it.
    """
    version = int(system.syscall(_CREATE_RULESET, None, 0, _TELL_VERSION))
    if version < _TCP_SINCE:
        return 0
    scoped = _SCOPES if version >= _SCOPES_SINCE else 0
    # struct landlock_ruleset_attr: files, network, scopes; the last from version 6 on
    rules = struct.pack("=3Q", 0, _TCP, scoped) if scoped else struct.pack("=2Q", 0, _TCP)
    ruleset = int(system.syscall(_CREATE_RULESET, rules, len(rules), 0))
    if ruleset < 0 or system.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
        return 0
    done = system.syscall(_RESTRICT_SELF, ruleset, 0) == 0
    os.close(ruleset)
    return version if done else 0
