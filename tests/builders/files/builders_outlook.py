"""Makes Outlook messages by hand: properties ([MS-OXMSG]) in a compound file ([MS-CFB])."""

import struct
from datetime import UTC, datetime
from typing import Any

SECTOR, MINI_SECTOR, CUTOFF = 512, 64, 4096
FREE, END, FAT, NONE = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFF
STORAGE, STREAM, ROOT = 1, 2, 5
PROPERTIES = "__properties_version1.0"

Tree = dict[str, Any]
"""Names of a storage: bytes for a stream, a tree for a storage."""


class _Sectors:
    """Sectors of one size, linked by a table."""

    def __init__(self, size: int) -> None:
        self.size, self.data, self.table = size, bytearray(), []

    def put(self, data: bytes) -> int:
        """Store a stream; return its first sector."""
        count = -(-len(data) // self.size)
        first = len(self.table)
        self.data += data.ljust(count * self.size, b"\0")
        self.table += [first + n + 1 for n in range(count - 1)] + [END] * bool(count)
        return first if count else END


def compound(tree: Tree) -> bytes:
    """Return a compound file of version 3."""
    sectors, mini, entries = _Sectors(SECTOR), _Sectors(MINI_SECTOR), []

    def add(name: str, node: bytes | Tree, left: int, right: int, kind: int = STORAGE) -> int:
        at = len(entries)
        entries.append(b"")
        child = start = size = None
        if isinstance(node, bytes):
            kind, size = STREAM, len(node)
            start = (mini if size < CUTOFF else sectors).put(node)
        else:
            child = add_all(sorted(node.items(), key=lambda item: (len(item[0]), item[0])))
        entries[at] = (name, kind, left, right, child, start, size)
        return at

    def add_all(nodes: list[tuple[str, bytes | Tree]]) -> int:
        """Add the nodes of one storage as a balanced tree; return its root."""
        if not nodes:
            return NONE
        middle = len(nodes) // 2
        left, right = add_all(nodes[:middle]), add_all(nodes[middle + 1 :])
        return add(*nodes[middle], left, right)

    add("Root Entry", tree, NONE, NONE, ROOT)
    entries[0] = (*entries[0][:5], sectors.put(bytes(mini.data)), len(mini.data))
    mini_table = sectors.put(_packed(mini.table))
    directory = sectors.put(b"".join(_entry(*entry) for entry in entries))
    return _whole(sectors, directory, mini_table, -(-len(mini.table) * 4 // SECTOR))


def _entry(name, kind, left, right, child, start, size) -> bytes:  # noqa: PLR0917 - a record
    encoded = name.encode("utf-16-le") + b"\0\0"
    child, start = (NONE if child is None else child), (0 if start is None else start)
    head = struct.pack("<64sHBBLLL", encoded, len(encoded), kind, 1, left, right, child)
    return head + bytes(36) + struct.pack("<LQ", start, size or 0)


def _packed(table: list[int]) -> bytes:
    padded = table + [FREE] * (-len(table) % (SECTOR // 4))
    return struct.pack(f"<{len(padded)}L", *padded)


def _whole(sectors: _Sectors, directory: int, mini_table: int, mini_sectors: int) -> bytes:
    a_sector = SECTOR // 4
    used = len(sectors.table)
    count = -(-used // (a_sector - 1))
    table = _packed(sectors.table + [FAT] * count)
    places = [used + n if n < count else FREE for n in range(109)]
    header = struct.pack(
        "<8s16xHHHHH6x9L109L",
        *(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6),
        *(0, count, directory, 0, CUTOFF, mini_table, mini_sectors, END, 0),
        *places,
    )
    return header + bytes(sectors.data) + table


def message_tree(
    subject: str = "",
    body: str = "",
    *,
    page: bytes = b"",
    rich: bytes = b"",
    sender: str = "Ada",
    address: str = "ada@example.org",
    attached: dict[str, bytes | Tree] | None = None,
    inner: bool = False,
) -> Tree:
    """Return the storage of a message; an attached tree is a message of its own."""
    sent = int(
        (datetime(2031, 5, 2, 10, tzinfo=UTC) - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds()
    )
    fixed = [(0x0039, 0x0040, struct.pack("<Q", sent * 10_000_000))]
    tree = {
        PROPERTIES: bytes(24 if inner else 32) + _fixed(fixed),
        **_texts(
            {0x0037: subject, 0x1000: body, 0x0C1A: sender, 0x5D01: address, 0x0E04: "Bo; Cy"}
        ),
    }
    if page:
        tree["__substg1.0_10130102"] = page
    if rich:
        tree["__substg1.0_10090102"] = rich
    for number, (name, content) in enumerate((attached or {}).items()):
        tree[f"__attach_version1.0_#{number:08X}"] = _attachment(name, content)
    return tree


def meeting(subject: str, body: str, *, place: str, pattern: str = "") -> bytes:
    """Return an invitation for 2 May 2031, 10:00 to 11:00 UTC."""
    tree = message_tree(subject, body)
    sent = int.from_bytes(tree[PROPERTIES][-8:], "little")
    hour = 3600 * 10_000_000
    times = [(0x8001, 0x0040, sent), (0x8002, 0x0040, sent + hour)]
    tree[PROPERTIES] += _fixed([(name, form, struct.pack("<Q", at)) for name, form, at in times])
    tree |= _texts({0x8000: place, 0x8003: pattern})
    numbers = (0x8208, 0x820D, 0x820E, 0x8232)
    other = struct.pack("<LHH", 0x8208, 4 << 1, 9)  # of another set: no place
    tree["__nameid_version1.0"] = {
        "__substg1.0_00020102": bytes.fromhex("0220060000000000c000000000000046") + bytes(16),
        "__substg1.0_00030102": b"".join(
            struct.pack("<LHH", number, 3 << 1, at) for at, number in enumerate(numbers)
        )
        + other,
    }
    return compound(tree)


def _attachment(name: str, content: bytes | Tree) -> Tree:
    is_message = isinstance(content, dict)
    method = struct.pack("<Q", 5 if is_message else 1)
    return {
        PROPERTIES: bytes(8) + _fixed([(0x3705, 0x0003, method)]),
        f"__substg1.0_3701{'000D' if is_message else '0102'}": content,
        **_texts({0x3707: name, 0x3712: f"{name}@id"}),
    }


def _fixed(values: list[tuple[int, int, bytes]]) -> bytes:
    return b"".join(struct.pack("<HHL", form, name, 0) + value for name, form, value in values)


def _texts(values: dict[int, str]) -> Tree:
    return {
        f"__substg1.0_{name:04X}001F": value.encode("utf-16-le")
        for name, value in values.items()
        if value
    }


def outlook(subject: str = "", body: str = "", **more: Any) -> bytes:
    """Return a message file; see `message_tree`."""
    return compound(message_tree(subject, body, **more))
