from training.words.word_vectors import names_among


def test_a_name_is_what_is_written_with_a_capital_amid_sentences():
    texts = [
        "In Spain, Madrid is large",
        "from Madrid to the hut",
        "to Madrid",
        "in March we march",
    ]

    assert names_among(["madrid", "hut", "march", "spain"], texts) == ["madrid"]
