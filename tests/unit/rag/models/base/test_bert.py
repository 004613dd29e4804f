"""Our BERT, held against that of transformers and of sentence-transformers."""

import numpy as np
import pytest
import torch
from sentence_transformers import SentenceTransformer
from transformers import BertModel

from rag.glossary.gloss import as_english
from rag.models.base import network as networks
from rag.models.base.network import bert_of, read_checkpoint
from rag.models.base.weights import MINILM
from rag.models.embedders import minilm

FOLDER = MINILM.locate()
TEXTS = ["Snow fell on the pass.", " The barometer\n", "", "Schnee fiel am Pass. " * 60]
IDS = [[101, 4586, 2006, 102, 3413, 102], [101, 4586, 102]]
TYPES = [[0, 0, 0, 0, 1, 1], [0, 0, 0]]


@pytest.mark.parametrize(("in_bytes", "least"), [(False, 0.9995), (True, 0.99)])
def test_states_are_those_of_transformers(in_bytes, least):
    ours = bert_of(*read_checkpoint(FOLDER), in_bytes=in_bytes).states(IDS, TYPES)
    theirs = BertModel.from_pretrained(FOLDER, local_files_only=True)

    for own, ids, types in zip(ours, IDS, TYPES, strict=True):
        with torch.inference_mode():
            found = theirs(torch.tensor([ids]), token_type_ids=torch.tensor([types]))
        wanted = found.last_hidden_state[0].numpy()
        assert cosines(own[: len(ids)], wanted).min() > least


@pytest.mark.parametrize(
    ("flags", "variables", "expected"),
    [
        ("flags : sse4_2 avx avx2 fma", {}, True),
        ("flags : sse4_2 avx", {}, False),
        (None, {}, False),
        ("flags : avx2", {"ONEDNN_MAX_CPU_ISA": "AVX2"}, False),
    ],
)
def test_bytes_are_multiplied_only_where_that_is_known_to_be_right(
    monkeypatch, tmp_path, flags, variables, expected
):
    monkeypatch.delenv("ONEDNN_MAX_CPU_ISA", raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    if flags:
        (tmp_path / "cpuinfo").write_text(flags)
    monkeypatch.setattr(networks, "CPUINFO", tmp_path / "cpuinfo")

    assert networks.multiplies_bytes.__wrapped__() is expected


def test_what_stands_beside_a_text_changes_nothing():
    network = bert_of(*read_checkpoint(FOLDER))

    alone, together = network.states(IDS[1:])[0, :3], network.states(IDS)[1, :3]

    assert np.allclose(alone, together, rtol=0, atol=0.02)


def test_vectors_are_those_of_sentence_transformers():
    theirs = SentenceTransformer(str(FOLDER), device="cpu", local_files_only=True)
    theirs.max_seq_length = 256

    found = cosines(minilm().embed_documents(TEXTS), theirs.encode([*map(as_english, TEXTS)]))

    assert found.min() > 0.99  # ours are made in bytes where the processor can


def cosines(one, other):
    lengths = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    return np.sum(one * other, axis=1) / lengths
