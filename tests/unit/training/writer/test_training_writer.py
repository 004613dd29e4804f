"""The lessons of the small model that writes: true, in our prompt's form, and each on its own."""

import random
import re
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch
from PIL import Image

from rag.answer.base.refusal import NO_SOURCE, is_refusal
from rag.datamodel import Query
from rag.generation.prompt import build_prompt
from rag.neural.prompting.chat_messages import messages_of
from rag.neural.vlm.folder import VlmFolder
from rag.neural.vlm.inputs import templated
from training.writer.batches import NOT_LEARNED, batch_of, row_of
from training.writer.checkpoint import (
    PICTURE_TOKENS,
    SIGNS,
    fixed_words,
    new_model,
    new_processor,
)
from training.writer.course import LOOKED_AT, STAGES, Course
from training.writer.eyes import hold_eyes, teach_eyes
from training.writer.facts import held_back, made_name, made_number
from training.writer.lessons import CALL, draw_lesson
from training.writer.network import answers_of, learn, states_of
from training.writer.numerals import draw_number
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


def test_numbers_have_zeros_and_equal_digits_beside_each_other_as_real_ones_do():
    rng = random.Random(3)
    numbers = [made_number(rng) for _ in range(600)]
    runs = [number for number in numbers if re.search(r"(\d)\1\1", number)]

    assert len(runs) > 50
    assert any(not number.endswith("000") for number in runs)
    assert all(1 < int(number) <= 10**6 and number[0] != "0" for number in numbers)


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


def test_further_searches_are_asked_for_where_they_are_offered_and_none_was_made():
    for lesson in lessons(60, replace(WIDE, pictures=0.0)):
        before = lesson.prompt.before
        is_offered = "CALL search" in before and "You asked for" not in before
        without = [answer for _, answer in lesson.asked if not answer.endswith("].")]
        assert all(answer.startswith(CALL) == is_offered for answer in without)


def test_what_was_sought_in_vain_is_refused():
    found = [lesson for lesson in lessons(60) if "You asked for" in lesson.prompt.before]
    in_vain = [
        (question, answer)
        for lesson in found
        for question, answer in lesson.asked
        if lesson.prompt.before.partition("search “")[2].partition("”")[0] in question
        and is_refusal(answer)
    ]

    assert len(in_vain) > len(found) / 2
    assert {answer for _, answer in in_vain} == {NO_SOURCE}


def test_a_picture_is_of_the_source_that_it_stands_behind(processor):
    image = processor.tokenizer.convert_tokens_to_ids(SIGNS["image_token"])
    shown = [lesson for lesson in lessons(60) if lesson.pictures]

    assert len(shown) > 10
    for lesson in shown:
        row = row_of(processor, lesson)
        behind = [hit.rank for hit in lesson.prompt.context.hits if hit.chunk.image is not None]
        numbers = [n for one, n in zip(row.ids, row.sources, strict=True) if one == image]
        assert numbers == [rank for rank in behind for _ in range(PICTURE_TOKENS)]


def test_only_what_stands_in_a_source_counts_as_stated(processor):
    for lesson in lessons(30):
        row = row_of(processor, lesson)
        words = [one for one, n in zip(row.ids, row.sources, strict=True) if n > 0]
        pairs = set(pairwise(words))
        asked = zip(pairwise(row.ids), row.stated[1:], row.stated[:-1], strict=True)
        told = [(pair, stated) for pair, stated, before in asked if min(stated, before) >= 0]

        assert told
        assert all((pair in pairs) >= stated for pair, stated in told)


def test_names_that_are_held_back_are_never_trained_on():
    rng = random.Random(1)

    assert not any(held_back(made_name(rng, held=False)) for _ in range(300))
    assert all(held_back(made_name(rng, held=True)) for _ in range(30))


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


def test_questions_of_one_row_do_not_see_each_other(processor, model):
    lesson = pictured()
    alone = [replace(lesson, asked=(one,)) for one in lesson.asked]
    with torch.inference_mode():
        together = _logits(processor, model, lesson)
        each = [_logits(processor, model, one) for one in alone]

    assert torch.allclose(together, torch.cat(each), atol=1e-4)


def _logits(processor, model, lesson):
    batch = batch_of(processor, [row_of(processor, lesson)])
    return answers_of(model, batch, states_of(model, batch))[0]


def test_fixed_words_of_the_prompt_are_one_token_each(processor):
    for words in fixed_words():
        assert len(processor.tokenizer(words, add_special_tokens=False)["input_ids"]) == 1


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


def test_the_eyes_are_taught_and_the_language_stays(processor):
    torch.manual_seed(0)
    made = new_model(processor.tokenizer)
    before = {name: weight.clone() for name, weight in made.named_parameters()}
    teach_eyes(made, processor, random.Random(0), steps=1)
    moved = {n for n, weight in made.named_parameters() if not torch.equal(weight, before[n])}

    assert any("vision_model" in name for name in moved)
    assert any("connector" in name for name in moved)
    assert not any("text_model" in name for name in moved)


def test_eyes_that_are_held_learn_no_more_and_the_language_does(processor):
    torch.manual_seed(0)
    made = new_model(processor.tokenizer)
    made.set_attn_implementation("eager")
    hold_eyes(made)
    learn(made, batch_of(processor, [row_of(processor, pictured())]))
    moved = {name for name, weight in made.named_parameters() if weight.grad is not None}

    assert moved
    assert all("text_model.layers" in name or "text_model.norm" in name for name in moved)


def test_the_course_goes_on_when_a_stage_is_mastered_and_ends_slowly():
    clock = iter(range(1000))
    course = Course(seconds=500, now=lambda: next(clock))
    first = course.rate
    for _ in range(LOOKED_AT):
        course.told(2.0)
    assert (course.number, course.rate) == (0, 1.0)

    for _ in range(LOOKED_AT):
        course.told(0.01)
    assert course.number == 1
    assert first < 0.1
    while course.share < 1:
        pass
    assert course.rate == pytest.approx(0.02)


def test_numbers_are_drawn_apart():
    one, other = (draw_number(random.Random(0), number) for number in ("4827", "4821"))

    assert one.shape == other.shape == (160, 160, 3)
    assert np.any(one != other)
    assert np.any(draw_number(random.Random(0), "4827", below=("nobody reads this",)) != one)
    assert Image.fromarray(one).getextrema()[0][0] < 80
