"""In which numbers the built-in models compute, and that their answers do not depend on it."""

import pytest
import torch

from rag.models.base.precision import fastest_dtype


@pytest.mark.parametrize(("has_it", "expected"), [(True, torch.bfloat16), (False, torch.float32)])
def test_a_gpu_computes_in_bfloat16_where_it_can(monkeypatch, has_it, expected):
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda: has_it)

    assert fastest_dtype("cuda") is expected
