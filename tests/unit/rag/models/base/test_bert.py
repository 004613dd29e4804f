"""Our BERT, held against that of transformers and of sentence-transformers."""

import numpy as np
import pytest
import torch
from sentence_transformers import SentenceTransformer
from transformers import BertModel

from rag.glossary.gloss import as_english
from rag.models.base.bert import load_bert
from rag.models.base.weights import MINILM
from rag.models.embeddings.embedders import minilm

FOLDER = MINILM.locate()
TEXTS = ["Snow fell on the pass.", " The barometer\n", "", "Schnee fiel am Pass. " * 60]


@pytest.mark.parametrize(("dtype", "rounding"), [(torch.float32, 1e-5), (torch.bfloat16, 0.05)])
def test_states_are_those_of_transformers(dtype, rounding):
    ours = load_bert(FOLDER).to(dtype)
    theirs = BertModel.from_pretrained(FOLDER, local_files_only=True, dtype=dtype)
    ids = torch.tensor([[101, 4586, 2006, 102, 3413, 102], [101, 4586, 102, 0, 0, 0]])
    types = torch.tensor([[0, 0, 0, 0, 1, 1], [0] * 6])
    mask = ids != 0
    with torch.inference_mode():
        found = ours(ours.words(ids[mask]), types[mask], [6, 3])
        wanted = theirs(input_ids=ids, token_type_ids=types, attention_mask=mask)

    assert torch.allclose(found, wanted.last_hidden_state[mask], rtol=0, atol=rounding)


def test_vectors_are_those_of_sentence_transformers():
    theirs = SentenceTransformer(str(FOLDER), device="cpu", local_files_only=True)
    theirs.max_seq_length = 256

    cosines = np.sum(
        minilm().embed_documents(TEXTS) * theirs.encode([*map(as_english, TEXTS)]), axis=1
    )

    assert cosines == pytest.approx(1, abs=4e-4)  # ours may be made in bfloat16
