"""Characters as people count them, and one notion of a word in all lessons that split texts themselves."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpcore.graphemes import graphemes
from nlpcore.language_models.words import split_words as masked_words
from nlpcore.recurrent.word_tokens import word_tokens
from nlpcore.tagging.words import split_words as tagged_words

# Lines of Unicode's own GraphemeBreakTest.txt (version 15.1), ÷ a boundary and × none, code points in hexadecimal.
BREAK_TESTS = """
÷ 0020 × 0308 ÷ 0020 ÷
÷ 000D × 000A ÷ 0061 ÷
÷ 0061 × 0301 ÷ 0061 ÷
÷ 1100 × 1160 × 11A8 ÷ 1100 ÷
÷ AC00 × 11A8 ÷ 1100 ÷
÷ 1F1E6 × 1F1E7 ÷ 1F1E8 ÷ 0062 ÷
÷ 0061 ÷ 1F1E6 × 1F1E7 × 200D ÷ 1F1E8 ÷ 0062 ÷
÷ 0061 × 200D ÷ 1F476 ÷
÷ 1F476 × 1F3FF ÷ 1F476 ÷
÷ 1F476 × 1F3FF × 0308 × 200D × 1F476 × 1F3FF ÷
÷ 1F6D1 × 200D × 1F6D1 ÷
÷ 0915 × 094D × 0924 ÷
÷ 0915 × 094D × 200D × 0924 ÷
÷ 0061 × 0903 ÷ 0062 ÷
""".strip().splitlines()

# What a reader of the script counts.
WORDS = {
    "नरेन्द्र मोदी": ["नरेन्द्र", "मोदी"],
    "क्षत्रिय": ["क्षत्रिय"],
    "7्क": ["7्क"],
    "বাংলাদেশ": ["বাংলাদেশ"],
    "தமிழ் நாடு": ["தமிழ்", "நாடு"],
    "ဘောလုံးအသင်း": ["ဘောလုံးအသင်း"],
    "ភាសាខ្មែរ": ["ភាសាខ្មែរ"],
    "สวัสดีครับ": ["สวัสดีครับ"],
    "น้ำ": ["น้ำ"],
    "مُحَمَّد": ["مُحَمَّد"],
    "می\u200cخواهم": ["می\u200cخواهم"],
    "שָׁלוֹם עֲלֵיכֶם": ["שָׁלוֹם", "עֲלֵיכֶם"],
    "e\u0301te\u0301": ["e\u0301te\u0301"],
    "nguye\u0302\u0303n": ["nguye\u0302\u0303n"],
    "한국 사람": ["한국", "사람"],
    "\u1112\u1161\u11ab": ["\u1112\u1161\u11ab"],
    "タワーへ": ["タワーへ"],
    "我爱北京": ["我", "爱", "北", "京"],
    "𠀀𠀁": ["𠀀", "𠀁"],
    "葛\U000e0100城": ["葛\U000e0100", "城"],
    "👨‍👩‍👧‍👦": ["👨‍👩‍👧‍👦"],
    "👩🏽‍🚀👩‍💻": ["👩🏽‍🚀", "👩‍💻"],
    "👍🏽 ok": ["👍🏽", "ok"],
    "❤️‍🔥": ["❤️‍🔥"],
    "🏳️‍🌈": ["🏳️‍🌈"],
    "🇫🇷": ["🇫🇷"],
    "🇫🇷🇩🇪": ["🇫🇷", "🇩🇪"],
    "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f": [
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
    ],
    "1️⃣": ["1️⃣"],
    "#️⃣ 2️⃣3️⃣": ["#️⃣", "2️⃣", "3️⃣"],
    "x² ½": ["x²", "½"],
}
SPLITTERS = {
    "tagging": lambda text: [word.text for word in tagged_words(text)],
    "masking": lambda text: [word.text for word in masked_words(text)],
    "recurrent": word_tokens,
}
# Letters, marks of many scripts, emoji with all that can follow them, and what English is split at.
PARTS = st.sampled_from(
    [
        *"ab7 _'’.-/中가",
        "n't",
        *"\u0301\u093f\u094d\u200d\u0e33\u0651\u102c\ufe0f\u20e3",
        "क",
        "ก",
        "ب",
        "👩",
        "🏽",
        "🇫",
    ]
)


@pytest.mark.parametrize("line", BREAK_TESTS)
def test_clusters_are_those_of_the_standard(line: str) -> None:
    expected = [
        "".join(chr(int(code, 16)) for code in cluster.split(" × "))
        for cluster in line.removeprefix("÷ ").removesuffix(" ÷").split(" ÷ ")
    ]
    assert list(graphemes("".join(expected))) == expected


@pytest.mark.parametrize("text", WORDS)
@pytest.mark.parametrize("splitter", SPLITTERS)
def test_all_lessons_count_the_same_words(splitter: str, text: str) -> None:
    assert SPLITTERS[splitter](text) == WORDS[text]


@pytest.mark.parametrize("splitter", SPLITTERS)
@given(parts=st.lists(PARTS, max_size=12))
def test_no_word_begins_with_a_mark_that_stands_on_a_character(splitter: str, parts: list[str]) -> None:
    text = "".join(parts)
    words = SPLITTERS[splitter](text)
    after_a_blank = sum(
        unicodedata.category(c)[0] == "M" and (i == 0 or text[i - 1].isspace()) for i, c in enumerate(text)
    )
    assert sum(unicodedata.category(word[0])[0] == "M" for word in words) <= after_a_blank


@pytest.mark.parametrize("splitter", SPLITTERS)
@given(parts=st.lists(PARTS, max_size=12))
def test_words_are_made_of_whole_characters(splitter: str, parts: list[str]) -> None:
    """A blank between two words never changes how many characters a reader counts."""
    plain = "".join(parts).replace("’", "'")
    words = SPLITTERS[splitter](plain)
    inside = [cluster.strip() for cluster in graphemes(plain) if cluster.strip()]
    assert sum(len(graphemes(word.replace("...", "."))) for word in words) <= len(inside) + plain.count(" ")
