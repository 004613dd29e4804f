"""The network for photographs: timm's, number for number."""

import pytest
import torch

from rag.models.seeing.efficientnet import EfficientNetLite2

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("shape", [(1, 3, 256, 256), (2, 3, 192, 352)])
def test_it_computes_what_timm_s_does(shape):
    import timm  # noqa: PLC0415 - it takes two seconds

    torch.manual_seed(7)
    theirs = timm.create_model("tf_efficientnet_lite2", pretrained=False).eval()
    state = theirs.state_dict()
    for name, tensor in state.items():
        if name.endswith("running_var"):
            tensor.uniform_(0.5, 1.5)
        elif name.endswith("running_mean"):
            tensor.normal_(0, 0.1)
    ours = EfficientNetLite2().eval()
    ours.load_state_dict(dict(zip(ours.state_dict(), state.values(), strict=True)))

    with torch.inference_mode():
        pictures = torch.rand(shape) * 2 - 1
        pooled, chances = ours(pictures)
        wanted = theirs.forward_head(theirs.forward_features(pictures), pre_logits=True)
        assert torch.equal(pooled, wanted)
        assert torch.equal(chances, theirs.get_classifier()(wanted).softmax(dim=1))
