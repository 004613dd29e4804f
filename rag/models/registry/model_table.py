"""The models that can be fetched: what each is, needs and adds, and which go together on a machine.

Only what their makers publish: no model of this table was run here, so nothing is said of how well
it does. Sizes are approximate; a download tells the true one before it begins. Knows no network.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from rag.errors import ModelError

Part = Literal["text", "images", "reranker", "generator", "hearing"]
Device = Literal["cpu", "gpu"]

PARTS: Final[dict[Part, str]] = {
    "text": "finds text by meaning",
    "images": "sees what pictures show",
    "reranker": "orders what was found",
    "generator": "writes answers",
}
"""Those that a question uses: they go together, and can be changed while the chat runs."""

ROLES: Final[dict[Part, str]] = {**PARTS, "hearing": "hears what is said in recordings"}
"""Of all models that can be fetched."""

APACHE: Final = "Apache-2.0"
OVERHEAD: Final = 1.1
"""Memory beside the weights, as a share of them: what is computed on the way. An estimate."""

SHARE_IN_4BIT: Final = 0.5
"""Of the memory: the layers take an eighth to a quarter, eyes and embeddings all. An estimate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HubModel:
    """One model on the hub.

    `architecture` is the class of transformers that runs it, or open_clip's pair of model and
    weights. `gguf` is the repository of its quantised weights for llama.cpp, with which of them,
    `ollama` its name in Ollama's library; "" where there is none. `terms` is empty where the
    licence lets anybody use the weights for anything.
    """

    name: str
    part: Part
    repository: str
    architecture: str
    licence: str
    parameters_m: int
    download_gb: float
    languages: str
    adds: str
    revision: str = "main"
    terms: str = ""
    gguf: str = ""
    ollama: str = ""

    def memory_gb(self, device: Device, *, in_4bit: bool = False) -> float:
        """Return about what it takes: float32 on a CPU, bfloat16 on a GPU and for text vectors.

        `in_4bit` is what the settings say of the model that writes; other parts leave it.
        """
        wide = device == "cpu" and self.part != "text"
        share = SHARE_IN_4BIT if in_4bit and self.part == "generator" else 1
        return self.parameters_m * (4 if wide else 2) * share * OVERHEAD / 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineClass:
    """A size of machine as it is sold, and the models that fit it together."""

    device: Device
    memory_gb: int
    models: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{self.device}-{self.memory_gb}"


_SEES: Final = "Finds pictures by what they show, by words or by another picture"
_WRITES: Final = "Writes answers, and looks at the pictures it writes about"

MODELS: Final = (
    HubModel(
        name="granite-97m",
        part="text",
        repository="ibm-granite/granite-embedding-97m-multilingual-r2",
        architecture="ModernBertModel",
        licence=APACHE,
        parameters_m=97,
        download_gb=0.2,
        languages="52 languages trained for search, others seen",
        adds="Finds text by meaning across languages.",
    ),
    HubModel(
        name="granite-311m",
        part="text",
        repository="ibm-granite/granite-embedding-311m-multilingual-r2",
        architecture="ModernBertModel",
        licence=APACHE,
        parameters_m=311,
        download_gb=0.6,
        languages="52 languages trained for search, others seen",
        adds="Finds text by meaning across languages; a larger model than granite-97m.",
    ),
    HubModel(
        name="qwen3-embedding-0.6b",
        part="text",
        repository="Qwen/Qwen3-Embedding-0.6B",
        architecture="Qwen3Model",
        licence=APACHE,
        parameters_m=596,
        download_gb=1.2,
        languages="over 100",
        adds="Finds text by meaning across languages; meant for a GPU.",
    ),
    HubModel(
        name="qwen3-embedding-4b",
        part="text",
        repository="Qwen/Qwen3-Embedding-4B",
        architecture="Qwen3Model",
        licence=APACHE,
        parameters_m=4022,
        download_gb=8.0,
        languages="over 100",
        adds="Finds text by meaning across languages; for a large GPU.",
    ),
    HubModel(
        name="siglip2-b32",
        part="images",
        repository="timm/ViT-B-32-SigLIP2-256",
        architecture="ViT-B-32-SigLIP2-256/webli",
        licence=APACHE,
        parameters_m=377,
        download_gb=1.5,
        languages="many (trained on multilingual web data)",
        adds=f"{_SEES}; coarse tiles, so quick on a CPU.",
    ),
    HubModel(
        name="siglip2-b16",
        part="images",
        repository="timm/ViT-B-16-SigLIP2-256",
        architecture="ViT-B-16-SigLIP2-256/webli",
        licence=APACHE,
        parameters_m=375,
        download_gb=1.5,
        languages="many (trained on multilingual web data)",
        adds=f"{_SEES}.",
    ),
    HubModel(
        name="siglip2-l16",
        part="images",
        repository="timm/ViT-L-16-SigLIP2-384",
        architecture="ViT-L-16-SigLIP2-384/webli",
        licence=APACHE,
        parameters_m=882,
        download_gb=3.5,
        languages="many (trained on multilingual web data)",
        adds=f"{_SEES}; sees finer detail (384 pixels).",
    ),
    HubModel(
        name="siglip2-so400m",
        part="images",
        repository="timm/ViT-SO400M-16-SigLIP2-384",
        architecture="ViT-SO400M-16-SigLIP2-384/webli",
        licence=APACHE,
        parameters_m=1136,
        download_gb=4.5,
        languages="many (trained on multilingual web data)",
        adds=f"{_SEES}; sees finer detail (384 pixels); meant for a GPU.",
    ),
    HubModel(
        name="mobileclip2-s0",
        part="images",
        repository="timm/MobileCLIP2-S0-OpenCLIP",
        architecture="MobileCLIP2-S0/dfndr2b",
        licence="Apple ML Research Model (apple-amlr)",
        terms="For research only: read the licence before you use it.",
        parameters_m=75,
        download_gb=0.3,
        languages="English",
        adds=f"{_SEES}; the smallest and quickest.",
    ),
    HubModel(
        name="ms-marco-minilm",
        part="reranker",
        repository="cross-encoder/ms-marco-MiniLM-L6-v2",
        architecture="BertForSequenceClassification",
        licence=APACHE,
        parameters_m=23,
        download_gb=0.1,
        languages="English",
        adds="Reads each passage with the question and orders them; small enough for any CPU.",
    ),
    HubModel(
        name="gte-reranker",
        part="reranker",
        repository="Alibaba-NLP/gte-reranker-modernbert-base",
        architecture="ModernBertForSequenceClassification",
        licence=APACHE,
        parameters_m=150,
        download_gb=0.3,
        languages="English",
        adds="Reads each passage with the question and orders them; takes long passages.",
    ),
    HubModel(
        name="bge-reranker",
        part="reranker",
        repository="BAAI/bge-reranker-v2-m3",
        architecture="XLMRobertaForSequenceClassification",
        licence=APACHE,
        parameters_m=568,
        download_gb=2.3,
        languages="multilingual",
        adds="Reads each passage with the question and orders them, in many languages.",
    ),
    HubModel(
        name="qwen3-vl-reranker-2b",
        part="reranker",
        repository="Qwen/Qwen3-VL-Reranker-2B",
        architecture="Qwen3VLForConditionalGeneration",
        licence=APACHE,
        parameters_m=2130,
        download_gb=4.3,
        languages="multilingual",
        adds="Looks at the picture of each passage too, and orders them; for a GPU.",
    ),
    HubModel(
        name="smolvlm-500m",
        part="generator",
        repository="HuggingFaceTB/SmolVLM-500M-Instruct",
        gguf="ggml-org/SmolVLM-500M-Instruct-GGUF:Q8_0",
        architecture="Idefics3ForConditionalGeneration",
        licence=APACHE,
        parameters_m=507,
        download_gb=1.0,
        languages="English",
        adds=f"{_WRITES}; the smallest, for a CPU with little memory.",
    ),
    HubModel(
        name="qwen3-vl-2b",
        part="generator",
        repository="Qwen/Qwen3-VL-2B-Instruct",
        gguf="Qwen/Qwen3-VL-2B-Instruct-GGUF:Q4_K_M",
        ollama="qwen3-vl:2b-instruct",
        architecture="Qwen3VLForConditionalGeneration",
        licence=APACHE,
        parameters_m=2130,
        download_gb=4.3,
        languages="multilingual; reads lettering in 32",
        adds=f"{_WRITES}.",
    ),
    HubModel(
        name="qwen3-vl-4b",
        part="generator",
        repository="Qwen/Qwen3-VL-4B-Instruct",
        gguf="Qwen/Qwen3-VL-4B-Instruct-GGUF:Q4_K_M",
        ollama="qwen3-vl:4b-instruct",
        architecture="Qwen3VLForConditionalGeneration",
        licence=APACHE,
        parameters_m=4440,
        download_gb=8.9,
        languages="multilingual; reads lettering in 32",
        adds=f"{_WRITES}; slow on a CPU.",
    ),
    HubModel(
        name="qwen3-vl-8b",
        part="generator",
        repository="Qwen/Qwen3-VL-8B-Instruct",
        gguf="Qwen/Qwen3-VL-8B-Instruct-GGUF:Q4_K_M",
        ollama="qwen3-vl:8b-instruct",
        architecture="Qwen3VLForConditionalGeneration",
        licence=APACHE,
        parameters_m=8770,
        download_gb=17.5,
        languages="multilingual; reads lettering in 32",
        adds=f"{_WRITES}; for a GPU.",
    ),
    HubModel(
        name="qwen3-vl-32b",
        part="generator",
        repository="Qwen/Qwen3-VL-32B-Instruct",
        gguf="Qwen/Qwen3-VL-32B-Instruct-GGUF:Q4_K_M",
        ollama="qwen3-vl:32b-instruct",
        architecture="Qwen3VLForConditionalGeneration",
        licence=APACHE,
        parameters_m=33360,
        download_gb=66.7,
        languages="multilingual; reads lettering in 32",
        adds=f"{_WRITES}; for a GPU of 80 GB.",
    ),
)
"""Small before large within a part."""

_HEARS: Final = "Hears recordings without subtitles, once RAG_TRANSCRIBER is set to its name"

HEARERS: Final = (
    HubModel(
        name="whisper-tiny",
        part="hearing",
        repository="openai/whisper-tiny",
        architecture="WhisperForConditionalGeneration",
        licence=APACHE,
        parameters_m=38,
        download_gb=0.15,
        languages="99",
        adds=f"{_HEARS}; the smallest and quickest.",
    ),
    HubModel(
        name="whisper-small",
        part="hearing",
        repository="openai/whisper-small",
        architecture="WhisperForConditionalGeneration",
        licence=APACHE,
        parameters_m=242,
        download_gb=0.97,
        languages="99",
        adds=f"{_HEARS}.",
    ),
    HubModel(
        name="whisper-medium",
        part="hearing",
        repository="openai/whisper-medium",
        architecture="WhisperForConditionalGeneration",
        licence=APACHE,
        parameters_m=764,
        download_gb=3.06,
        languages="99",
        adds=f"{_HEARS}; slow on a CPU.",
    ),
    HubModel(
        name="whisper-large-v3-turbo",
        part="hearing",
        repository="openai/whisper-large-v3-turbo",
        architecture="WhisperForConditionalGeneration",
        licence="MIT",
        parameters_m=809,
        download_gb=1.62,
        languages="99",
        adds=f"{_HEARS}; meant for a GPU.",
    ),
)
"""Small before large. `RAG_TRANSCRIBER` names the one that hears; no set of models has one."""

CLASSES: Final = (
    MachineClass(
        device="cpu",
        memory_gb=8,
        models=("granite-97m", "siglip2-b32", "ms-marco-minilm", "smolvlm-500m"),
    ),
    MachineClass(
        device="cpu",
        memory_gb=16,
        models=("granite-97m", "siglip2-b32", "ms-marco-minilm", "qwen3-vl-2b"),
    ),
    MachineClass(
        device="cpu",
        memory_gb=32,
        models=("granite-311m", "siglip2-b16", "gte-reranker", "qwen3-vl-4b"),
    ),
    MachineClass(
        device="gpu",
        memory_gb=8,
        models=("granite-311m", "siglip2-b16", "gte-reranker", "qwen3-vl-2b"),
    ),
    MachineClass(
        device="gpu",
        memory_gb=16,
        models=("granite-311m", "siglip2-l16", "gte-reranker", "qwen3-vl-4b"),
    ),
    MachineClass(
        device="gpu",
        memory_gb=24,
        models=("granite-311m", "siglip2-b16", "gte-reranker", "qwen3-vl-8b"),
    ),
    MachineClass(
        device="gpu",
        memory_gb=80,
        models=("granite-311m", "siglip2-b16", "gte-reranker", "qwen3-vl-32b"),
    ),
)
"""Small before large within a device."""


def model_named(name: str) -> HubModel:
    """Return the model of that name; raise ModelError, with all names, where there is none."""
    for model in (*MODELS, *HEARERS):
        if model.name == name:
            return model
    names = ", ".join(model.name for model in (*MODELS, *HEARERS))
    raise ModelError(f"There is no model {name!r}.", hint=f"Names are: {names}.")


def models_of(machine: MachineClass) -> tuple[HubModel, ...]:
    """Return the models of a class, in the order of `PARTS`."""
    return tuple(model_named(name) for name in machine.models)


def needed_gb(machine: MachineClass) -> float:
    """Return about what the models of a class take together."""
    return sum(model.memory_gb(machine.device) for model in models_of(machine))
