"""A file as that of multilingual-e5-small, with few pieces and numbers drawn by chance."""

import struct

import numpy as np

WIDTH, LAYERS, HEADS, INNER, POSITIONS = 384, 1, 12, 64, 512
LETTERS = {ord("\n"): " ", ord("ﬁ"): "fi"}
WORDS = "query passage Snow The snow fell on the pass barometer x schnee fiel am".split()
MARKS = ["<s>", "<pad>", "</s>", "<unk>"]


def pieces():
    """Return each piece with its score: words are likelier than their letters."""
    letters = sorted(set("".join(WORDS)) | set(".:▁"))
    found = [(f"▁{word}", -2.0) for word in WORDS] + [(letter, -5.0) for letter in letters]
    return [(mark, 0.0) for mark in MARKS] + found


def save_e5(folder):
    """Write one into `folder`, and return the folder."""
    known = pieces()
    head = struct.pack(
        "<4sI7ifi", b"E5S1", 1, WIDTH, LAYERS, HEADS, INNER, len(known), POSITIONS, 2, 1e-12, 32
    )
    head += _words(known)
    tensors = {name: _drawn(name, shape) for name, shape in _shapes(len(known)).items()}
    size = sum(2 + len(name) + 21 for name in tensors)
    at, directory = len(head) + 4 + size, struct.pack("<i", len(tensors))
    for name, (kind, count, data) in tensors.items():
        directory += struct.pack("<H", len(name)) + name.encode()
        directory += struct.pack("<BIQQ", kind, count, at, len(data))
        at += len(data)
    folder.mkdir(parents=True, exist_ok=True)
    numbers = b"".join(data for _, _, data in tensors.values())
    (folder / "e5-small-q4.bin").write_bytes(head + directory + numbers)
    return folder


def _words(known):
    encoded = [piece.encode() for piece, _ in known]
    ends = np.cumsum([0, *map(len, encoded)]).astype("<u4").tobytes()
    scores = np.array([score for _, score in known], "<f4").tobytes()
    blob = b"".join(encoded)
    letters = b"".join(
        struct.pack(f"<IB{len(told)}I", letter, len(told), *map(ord, told))
        for letter, told in LETTERS.items()
    )
    counts = struct.pack("<5iQ", len(known), 0, 2, 1, 3, len(blob))
    return counts + ends + scores + blob + struct.pack("<iI", len(LETTERS), len(letters)) + letters


def _shapes(count):
    """Return the shapes of the tensors: matrices are in 4 bits."""
    shapes = {
        "emb.word": (count, WIDTH), "emb.pos": (POSITIONS * WIDTH,), "emb.type": (2 * WIDTH,),
        "emb.ln.w": (WIDTH,), "emb.ln.b": (WIDTH,),
    }  # fmt: skip
    for part, (rows, columns) in {
        "q": (WIDTH, WIDTH), "k": (WIDTH, WIDTH), "v": (WIDTH, WIDTH), "ao": (WIDTH, WIDTH),
        "fi": (INNER, WIDTH), "fo": (WIDTH, INNER),
    }.items():  # fmt: skip
        shapes[f"l0.{part}.w"], shapes[f"l0.{part}.b"] = (rows, columns), (rows,)
    return shapes | {f"l0.{part}.{end}": (WIDTH,) for part in ("aln", "oln") for end in "wb"}


def _drawn(name, shape):
    """Return type, count and bytes of a tensor; norms change little, so that words tell."""
    rng, count = np.random.default_rng(sum(map(ord, name))), int(np.prod(shape))
    if len(shape) == 1:
        fill = 1.0 if name.endswith("ln.w") else 0.0
        return 0, count, np.full(count, fill, "<f4").tobytes()
    return 1, count, packed(rng.normal(0, 0.05, count).astype(np.float32))


def packed(numbers):
    """Return numbers as Q4_0: the largest of 32 by amount becomes -8 of its scale."""
    blocks = numbers.reshape(-1, 32)
    largest = blocks[np.arange(len(blocks)), np.abs(blocks).argmax(1)]
    scale = (largest / -8).astype("<f2")
    levels = np.clip(np.round(blocks / scale.astype(np.float32)[:, None]) + 8, 0, 15)
    levels = levels.astype(np.uint8)
    made = np.empty(len(blocks), np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)]))
    made["scale"], made["nibbles"] = scale, levels[:, :16] | levels[:, 16:] << 4
    return made.tobytes()
