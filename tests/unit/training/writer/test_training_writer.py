"""The lessons of the small model that writes: true, in our prompt's form, and each on its own."""

import random
from dataclasses import replace

import pytest
import torch

from rag.answer.base.refusal import is_refusal
from rag.datamodel import Query
from rag.generation.prompt import build_prompt
from rag.models.llm.folder import VlmFolder
from rag.models.llm.inputs import templated
from rag.models.prompting.chat_messages import messages_of
from training.writer.batches import NOT_LEARNED, batch_of, row_of
from training.writer.checkpoint import (
    new_model,
    new_processor,
)
from training.writer.course import STAGES
from training.writer.lessons import CALL, draw_lesson
from training.writer.network import learn
from training.writer.train import texts

WIDE = STAGES[-1]


@pytest.fixture(scope="module")
def processor():
    return new_processor(texts(20))


@pytest.fixture(scope="module")
def model(processor):
    torch.manual_seed(0)
    made = new_model(processor.tokenizer).eval()
    made.set_attn_implementation("eager")
    return made


def lessons(count, stage=WIDE, *, held=False):
    rng = random.Random(3)
    return [draw_lesson(rng, stage, held=held) for _ in range(count)]


def pictured():
    return next(lesson for lesson in lessons(50) if len(lesson.pictures) == 1)


def test_what_is_stated_stands_in_the_source_that_the_mark_names():
    for lesson in lessons(60, replace(WIDE, pictures=0.0)):
        for _, answer in lesson.asked:
            if not (is_refusal(answer) or answer.startswith(CALL)):
                sentence, _, mark = answer.removesuffix("].").rpartition(" [")
                source = lesson.prompt.context.source(int(mark))
                assert f"{sentence}." in source.chunk.text


def test_what_is_refused_is_stated_nowhere():
    refused = [
        (question, lesson)
        for lesson in lessons(60, replace(WIDE, pictures=0.0, pronouns=0.0))
        for question, answer in lesson.asked
        if is_refusal(answer)
    ]

    assert len(refused) > 30
    for question, lesson in refused:
        stated = [answer for asked, answer in lesson.asked if asked == question]
        assert all(map(is_refusal, stated))


def test_a_row_is_what_the_program_gives_the_model(processor, tmp_path, model):
    model.save_pretrained(tmp_path)
    processor.save_pretrained(tmp_path)
    reading = VlmFolder(tmp_path).read()
    lesson = pictured()
    row = row_of(processor, lesson)
    for number, (question, _) in enumerate(lesson.asked, start=1):
        prompt = build_prompt(
            Query(text=question), lesson.prompt.context, before=lesson.prompt.before
        )
        shown = {
            p: lesson.pictures[0]
            for p, part in enumerate(prompt.parts)
            if not isinstance(part, str)
        }
        made = templated(reading, messages_of(prompt, shown, signs=reading.signs), shown)
        asked = [
            token
            for token, part, label in zip(row.ids, row.parts, row.labels, strict=True)
            if part in (0, number) and label == NOT_LEARNED
        ]
        assert made["input_ids"][0].tolist() == asked
        assert torch.equal(made["pixel_values"][0], batch_of(processor, [row]).pixels)


def test_the_loss_of_a_batch_moves_every_part_of_the_network(processor):
    torch.manual_seed(0)
    made = new_model(processor.tokenizer)
    made.set_attn_implementation("eager")
    learn(made, batch_of(processor, [row_of(processor, pictured())]))
    still = [
        name
        for name, weight in made.named_parameters()
        if weight.grad is None or not weight.grad.any()
    ]

    assert still == []
