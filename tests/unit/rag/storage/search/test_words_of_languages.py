"""Words of languages whose writing or forms differ from English ones are found."""

import pytest
from builders_meaning import opened, put

OTHERS = {
    "th": "เมื่อวานนี้อากาศหนาวมาก",
    "hi": "कल सड़क बंद थी",
    "ar": "كان الطريق مغلقا أمس",
    "ru": "Вчера дорога была закрыта",
    "tr": "Dün yol kapalıydı",
    "ja": "昨日は道が閉ざされていた",
}


@pytest.mark.parametrize(
    ("language", "text", "asked"),
    [
        ("th", "ประเทศไทยมีประชากรหกสิบหกล้านคน", "ประชากรกี่คน"),
        ("hi", "हिन्दी में लिखी पुस्तकें", "लिखी पुस्तकें कौन सी हैं"),
        ("ar", "مُحَمَّد كتب الرسالة", "رسالة محمد"),
        ("ru", "Снежные лавины опасны для туристов", "лавина и турист"),
        ("tr", "Kitaplar kütüphanede duruyor", "kitap nerede"),
        ("ja", "東京の天気は雨です", "東京は晴れですか"),
    ],
)
def test_a_passage_is_found_by_words_in_another_form(tmp_path, language, text, asked):
    with opened(tmp_path / "ws") as index:
        put(index, OTHERS[language], source="other.txt", language=language)
        put(index, text, source="right.txt", language=language)
        found = index.search_lexical(asked, k=2)

    assert found[0].chunk.source == "right.txt"
