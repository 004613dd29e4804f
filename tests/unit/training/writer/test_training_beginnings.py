"""What the small model that writes does before it has learned anything: it goes on as before."""

import torch

from training.writer.checkpoint import new_model, new_processor
from training.writer.train import texts

LENGTH = 60


def test_new_weights_go_on_with_what_stood_before_as_it_did():
    torch.manual_seed(0)
    model = new_model(new_processor(texts(20)).tokenizer).eval()
    once = torch.randint(300, model.config.text_config.vocab_size - 100, (3, LENGTH))
    twice = torch.cat([once, once], dim=1)

    with torch.inference_mode():
        logits = model(input_ids=twice, attention_mask=torch.ones_like(twice)).logits

    told = logits[:, LENGTH:-1].argmax(-1)
    assert (told == once[:, 1:]).float().mean() > 0.9
