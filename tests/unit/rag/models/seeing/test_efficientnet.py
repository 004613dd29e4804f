"""The network for photographs computes what timm's does."""

import pytest
import torch

from rag.models.base.network import read_network
from rag.models.seeing.efficientnet import write_graph

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def theirs():
    import timm  # noqa: PLC0415 - it takes two seconds

    torch.manual_seed(7)
    theirs = timm.create_model("tf_efficientnet_lite2", pretrained=False).eval()
    state = theirs.state_dict()
    for name, tensor in state.items():
        if name.endswith("running_var"):
            tensor.uniform_(0.5, 1.5)
        elif name.endswith("running_mean"):
            tensor.normal_(0, 0.1)
    return theirs


@pytest.fixture(scope="module")
def graph(theirs, tmp_path_factory):
    folder = tmp_path_factory.mktemp("network")
    torch.save(theirs.state_dict(), folder / "weights.pth")
    write_graph(folder / "weights.pth", folder / "network.xml")
    return read_network(folder / "network.xml")


@pytest.mark.parametrize("shape", [(1, 3, 256, 256), (2, 3, 192, 352)])
def test_it_computes_what_timm_s_does(theirs, graph, shape):
    with torch.inference_mode():
        pictures = torch.rand(shape) * 2 - 1
        wanted = theirs.forward_head(theirs.forward_features(pictures), pre_logits=True)
        classes = theirs.get_classifier()(wanted).softmax(dim=1)

    pooled, chances = graph(pictures.numpy())

    assert pooled == pytest.approx(wanted.numpy(), abs=1e-4)
    assert chances == pytest.approx(classes.numpy(), abs=1e-5)
