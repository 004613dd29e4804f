"""What two generations on one model have in common, and what not."""

import threading
from types import SimpleNamespace

import torch

from rag.models.llm.vlm import Generation


class Layer(torch.nn.Identity):
    """Tells that somebody wants to look into it."""

    def __init__(self):
        super().__init__()
        self.hooked = threading.Event()

    def register_forward_pre_hook(self, hook, **options):
        handle = super().register_forward_pre_hook(hook, **options)
        self.hooked.set()
        return handle


class Held(torch.nn.Module):
    """Goes through its layer when it may, and writes one word."""

    def __init__(self):
        super().__init__()
        self.layers = torch.nn.ModuleList([Layer()])
        self.config = SimpleNamespace()
        self.generation_config = SimpleNamespace(eos_token_id=0)
        self.begun, self.may = threading.Event(), threading.Event()

    def generate(self, *, input_ids, streamer, **_):
        self.begun.set()
        self.may.wait(timeout=10)
        self.layers[0](input_ids)
        streamer.on_finalized_text("deep")
        return torch.tensor([[1, 0]])


def test_who_leaves_the_line_does_not_end_what_another_writes():
    model, lock, wrote = Held(), threading.Lock(), []

    def generation():
        inputs = {"input_ids": torch.tensor([[1]])}
        return Generation(model, None, inputs, max_tokens=4, lock=lock)

    writes = threading.Thread(target=lambda: wrote.extend(generation().pieces()))
    writes.start()
    assert model.begun.wait(timeout=10)
    waits = generation().pieces()
    assert next(waits) == ""  # another writes
    leaves = threading.Thread(target=waits.close)
    leaves.start()
    assert model.layers[0].hooked.wait(timeout=10)
    model.may.set()
    leaves.join()
    writes.join()

    assert "".join(wrote) == "deep"
