"""How many threads models compute with is decided in one place, for each thread of ours apart."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import torch
from builders_answer import chunk, hit
from builders_encoder import save_cross_encoder, save_text_embedder
from torch.nn.modules.module import register_module_forward_pre_hook

from rag.neural.base.threads import SMALL, computing, spare_cores
from rag.neural.embed.embedders import minilm
from rag.neural.embed.text_folder import FolderEmbedder
from rag.neural.rerankers import CrossEncoderJudge

ROOT = Path(__file__).parents[5]
CORES = spare_cores({})


def test_the_cores_of_the_process_count_unless_another_number_is_asked_for():
    assert spare_cores({"OMP_NUM_THREADS": "3"}) == 3
    assert spare_cores({"OMP_NUM_THREADS": "many"}) == CORES >= 1


def test_threads_compute_with_a_number_of_their_own():
    both = threading.Barrier(2)

    def computed(threads):
        with computing(threads):
            both.wait()
            found = torch.get_num_threads()
            both.wait()
        return found

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(computed, (1, 3))) == [1, 3]


def test_what_was_before_counts_again():
    before = torch.get_num_threads()
    with pytest.raises(ValueError, match="stop"), computing(before + 1):
        raise ValueError("stop")

    assert torch.get_num_threads() == before


def test_no_other_place_decides():
    folders = ("rag", "ingest", "ui", "commands", "pagelight")
    files = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    found = [
        path.name for path in files if re.search(r"set_num_\w*threads", path.read_text("utf-8"))
    ]

    assert found == ["threads.py"]


@pytest.fixture
def counted():
    """The numbers of threads that networks compute with."""
    found = set()
    hook = register_module_forward_pre_hook(lambda *_: found.add(torch.get_num_threads()))
    yield found
    hook.remove()


def test_a_model_that_a_person_chose_computes_with_the_spare_cores_beside_the_built_in_one(
    tmp_path, counted
):
    built_in = minilm()
    built_in.embed_queries(["snow"])
    assert counted == {SMALL}
    embedder = FolderEmbedder(save_text_embedder(tmp_path / "text"))
    judge = CrossEncoderJudge(save_cross_encoder(tmp_path / "pairs"))
    embedder.warm()
    counted.clear()
    embedder.embed_queries(["snow"])
    judge.scores("snow", [hit(chunk("a", "Snow lay."))])

    assert counted == {spare_cores()}
