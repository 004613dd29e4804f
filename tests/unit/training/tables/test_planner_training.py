"""What is right, and the scorer as the network that was trained."""

import numpy as np
import pytest
import torch
from fakes import FakeEmbedder

from rag.tables.planner import weighable
from rag.tables.scorer import Scorer
from rag.tables.table import table_of
from training.tables.examples import Row, TextVectors, example
from training.tables.network import ScorerNetwork, loss, weights_of

HUTS = table_of(["Hut", "Beds"], [["Upper hut", "40"], ["Lower hut", "62"], ["Lake hut", "18"]])
ROW = Row(
    "Which hut has the most beds?",
    HUTS,
    {"answers": ["Lower hut"], "set": "wtq", "columns_used": None},
)
KNOWN = {"which": 0, "the most": 1}


def test_the_scorer_gives_what_the_network_gave():
    embed = TextVectors(FakeEmbedder(dim=384))
    torch.manual_seed(1)
    network = ScorerNetwork(len(KNOWN)).eval()
    torch.nn.init.normal_(network.words.weight)
    made = weighable(ROW.question, HUTS, embed)
    one = example(ROW, embed, KNOWN, np.random.default_rng(0))

    scorer = Scorer(vocabulary=KNOWN, weights=weights_of(network))
    told = scorer.logits(made.question, made.vector, made.names, made.signs)

    assert one.right.any()
    assert not one.right.all()
    with torch.no_grad():
        trained = network([one]).numpy()
    # What is the same for all plans is left out; measures are learned from in 16 bits.
    assert told - told.mean() == pytest.approx(trained - trained.mean(), abs=1e-2)


def test_learning_makes_the_right_plans_likelier():
    embed = TextVectors(FakeEmbedder(dim=384))
    torch.manual_seed(1)
    one = example(ROW, embed, KNOWN, np.random.default_rng(0))
    network = ScorerNetwork(len(KNOWN))
    optimizer = torch.optim.AdamW(network.parameters(), lr=2e-3)
    losses = []
    for _ in range(8):
        found = loss(network([one]), [one])
        optimizer.zero_grad()
        found.backward()
        optimizer.step()
        losses.append(found.item())

    assert losses[-1] < losses[0]
