"""In which numbers the built-in models compute, and that their answers do not depend on it."""

import pytest
import torch

from rag.neural.base.precision import fastest_dtype


@pytest.mark.parametrize(
    ("capabilities", "expected"),
    [
        ({"amx_bf16": True, "avx512_bf16": True}, torch.bfloat16),
        ({"amx_bf16": False, "avx512_bf16": True}, torch.float32),
        ({"neon": True}, torch.float32),
    ],
)
def test_bfloat16_only_where_a_unit_multiplies_its_matrices(monkeypatch, capabilities, expected):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: capabilities)

    assert fastest_dtype() is expected
