"""A learner's text before anything reads it: what is taken away, what stays, and the language that it is in."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlpcore.errors import LearnerError
from nlpcore.latin_languages import is_other_than_english
from nlpcore.text import (
    _JAPANESE_ONLY,
    clean,
    half_width,
    is_han,
    language_notes,
    mostly_chinese,
    shortened,
    the_first,
)
from nlpcore.word_lists import split_list

# Every character that the Unicode standard lets reorder what stands around it (UAX #9), but for the implicit marks.
REORDERING = [c for c in map(chr, range(0x110000)) if unicodedata.bidirectional(c) in
              ("LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI")]  # fmt: skip


def test_nine_characters_reorder() -> None:
    assert len(REORDERING) == 9


@pytest.mark.parametrize("character", REORDERING, ids=lambda c: f"U+{ord(c):04X}")
def test_characters_that_reorder_are_removed_and_counted(character: str) -> None:
    """A "gnp.exe" that reads as "exe.png": what a learner sees is what the model reads."""
    cleaned = clean(f"a{character}b{character}")
    assert cleaned.text == "ab"
    assert [(note.code, note.params) for note in cleaned.notes] == [("removed_characters", {"count": 2})]


def test_joiners_and_marks_that_shape_a_script_stay() -> None:
    assert clean("👩\u200d💻 क\u094d\u200dष").text == "👩\u200d💻 क\u094d\u200dष"


# (pasted, what a reader sees, how many characters went): none of them is seen, and words stay whole.
INVISIBLE = {
    "zero-width space before a blank": ("Angela\u200b Merkel", "Angela Merkel", 1),
    "zero-width space at the end": ("king\u200b", "king", 1),
    "soft hyphen": ("Mün\u00adchen", "München", 1),
    "word joiner": ("\u2060New\u2060 York", "New York", 2),
    "byte order mark": ("\ufeffParis", "Paris", 1),
    "direction marks": ("Ana\u200e lebt\u200f \u061chier", "Ana lebt hier", 3),
    "joiners between Latin letters": ("Auf\u200clage a\u200db", "Auflage ab", 2),
    "non-joiner that joins nothing": ("خانه\u200c x", "خانه x", 1),
    "selector on a letter": ("x\ufe0f 5\ufe0f", "x 5", 2),
    "filler that passes for a name": ("\u3164Kim\uffa0", "Kim", 2),
    "Mongolian separator elsewhere": ("a\u180eb", "ab", 1),
    "invisible operators": ("f\u2061(x)\u2062y", "f(x)y", 2),
    "tags": ("hi\U000e0041\U000e0042", "hi", 2),
    "place of an object": ("king\ufffc is\ufffc", "king is", 2),
    "annotations": ("\ufff9base\ufffa\ufffb", "base", 3),
    "between two blanks": ("a \u200b b", "a b", 1),
    "only the needed one stays": ("👩\u200d💻\u200d \u200b", "👩\u200d💻", 2),
}
NEEDED = (
    "👨\u200d👩\u200d👧\u200d👦",
    "👩🏽\u200d🚀",
    "🏳\ufe0f\u200d🌈",
    "❤\ufe0f\u200d🔥",
    "1\ufe0f\u20e3 #\ufe0f\u20e3",
    "☺\ufe0e",
    "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "می\u200cخواهم",  # Persian
    "क\u094d\u200dष",  # Hindi
    "र\u200d\u094dय",  # Marathi
    "শ\u09cd\u200cর",  # Bengali
    "ශ\u0dca\u200dරී",  # Sinhala
    "葛\U000e0100城",
    "ᠮᠣᠩᠭᠣᠯ\u180bᠠ",
)


@pytest.mark.parametrize("pasted", INVISIBLE)
@pytest.mark.parametrize("lines", [False, True])
def test_invisible_characters_are_removed_and_counted(pasted: str, lines: bool) -> None:
    text, left, count = INVISIBLE[pasted]
    cleaned = clean(text, lines=lines)
    assert cleaned.text.split() == left.split() and len(cleaned.text.replace(" ", "")) == len(left.replace(" ", ""))
    assert [(note.code, note.params) for note in cleaned.notes] == [("removed_invisible", {"count": count})]


@pytest.mark.parametrize("text", ["Angela\u2800Merkel", "\u2800Angela \u2800 Merkel\u2800"])
def test_the_blank_of_braille_is_a_blank(text: str) -> None:
    for lines in (False, True):
        assert clean(text, lines=lines).text.split() == ["Angela", "Merkel"] and not clean(text, lines=lines).notes


def test_full_width_letters_digits_and_signs_are_those_of_a_keyboard_for_english() -> None:
    for full in map(chr, range(0xFF00, 0xFFF0)):
        assert half_width(full) == (unicodedata.normalize("NFKC", full) if "！" <= full <= "～" else full)
    assert half_width("ｋｉｎｇ，国") == "king,国"
    assert split_list("ＡＴ＆Ｔ ｋｉｎｇ＆ｑｕｅｅｎ", {"at&t"}) == ("ＡＴ＆Ｔ", "ｋｉｎｇ", "ｑｕｅｅｎ")
    assert half_width("ﬁne ﬂow oﬀer aﬃx ﬆop 𝐤𝐢𝐧𝐠 𝒜𝓃𝒶 𝟏𝟐") == "fine flow offer affix stop king Ana 12"
    assert split_list("ﬁne, 𝐤𝐢𝐧𝐠", {"fine", "king"}) == ("ﬁne", "𝐤𝐢𝐧𝐠"), "as typed, and known"
    assert half_width("e‑mail well‐known −5") == "e-mail well-known -5"
    assert split_list("e‑mail −5 5−3", {"e-mail", "-5", "5"}) == ("e‑mail", "−5", "5", "3"), "a true minus is no border"


@pytest.mark.parametrize("text", NEEDED)
def test_joiners_and_selectors_that_a_script_or_an_emoji_needs_stay(text: str) -> None:
    cleaned = clean(f"a {text} b")
    assert (cleaned.text, cleaned.notes) == (f"a {text} b", ())


FORMATS = [c for c in map(chr, range(0x110000)) if unicodedata.category(c) == "Cf"]


@pytest.mark.parametrize("character", FORMATS, ids=lambda c: f"U+{ord(c):04X}")
def test_of_format_characters_only_those_with_a_shape_stay_between_latin_letters(character: str) -> None:
    """The number signs of Arabic and Kaithi and the quadrats of hieroglyphs are seen; all else of this kind is not."""
    shape = any(kind in unicodedata.name(character, "") for kind in (
        "ARABIC NUMBER", "ARABIC SIGN", "ARABIC FOOTNOTE", "ARABIC POUND", "ARABIC PIASTRE", "ARABIC END OF AYAH",
        "ARABIC DISPUTED", "SYRIAC ABBREVIATION", "KAITHI NUMBER", "EGYPTIAN HIEROGLYPH",
    ))  # fmt: skip
    assert (clean(f"a{character}b").text == "ab") != shape


def test_lines_tabs_and_indentation_stay_where_they_are_asked_for() -> None:
    typed = "def f():\r\n\treturn 1  \r\n\r\n    # end\u2028last\u00a0one\x0b"
    assert clean(typed, lines=True).text == "def f():\n\treturn 1\n\n    # end\nlast one"
    assert clean(typed).text == "def f(): return 1 # end last one"


@pytest.mark.parametrize("text", ["", " \n\t", "\u202e\u2066", "\x00", "\u200b\u00ad", "\u3164"])
def test_nothing_left(text: str) -> None:
    with pytest.raises(LearnerError, match="empty_text"):
        clean(text)


def test_long_names_are_cut_and_many_are_counted() -> None:
    assert (shortened("a" * 24), shortened("a" * 25)) == ("a" * 24, "a" * 23 + "…")
    assert the_first(["a", "b", "c"], 3) == "a, b, c"
    assert the_first(["a", "b", "c"], 2, between=" ") == "a b …"


@given(st.text(max_size=300))
def test_clean_text_is_safe_for_every_tokenizer(text: str) -> None:
    try:
        cleaned = clean(text, limit=100).text
    except LearnerError as error:
        assert error.code == "empty_text"
        return
    assert 0 < len(cleaned) <= 100
    assert "\x00" not in cleaned
    cleaned.encode("utf-8")  # no lone surrogate is left


@given(st.characters())
def test_chinese_characters_are_those_that_unicode_calls_so(character: str) -> None:
    name = unicodedata.name(character, "")
    ideograph = name.startswith(("CJK UNIFIED IDEOGRAPH", "CJK COMPATIBILITY IDEOGRAPH"))
    assert is_han(character) or not ideograph
    assert ideograph or not is_han(character) or not name  # the blocks hold places that are not given away yet


def test_the_language_of_a_text() -> None:
    assert mostly_chinese("北京是中国的首都。") and mostly_chinese("我在 Google 工作") and mostly_chinese("𠀀")
    assert not mostly_chinese("The capital is 北京.") and not mostly_chinese("") and not mostly_chinese("2026 !?")
    assert [note.code for note in language_notes("北京", ["en"], "m")] == ["text_is_chinese"]
    assert [note.code for note in language_notes("Peking", ["zh"], "m")] == ["text_is_not_chinese"]
    for text, languages in (
        ("北京", ["zh"]),
        ("Peking", ["en"]),
        ("北京", ["en", "zh"]),
        ("😀 1", ["zh"]),
        ("", ["en"]),
    ):
        assert language_notes(text, languages, "m") == ()


OTHER = {
    "Japanese": "東京は日本の首都です。",
    "Japanese in kana": "タワーへ",
    "Korean": "서울은 한국의 수도이다",
    "Hindi": "नरेन्द्र मोदी दिल्ली में हैं",
    "Arabic": "القاهرة عاصمة مصر",
    "Russian": "Москва столица России",
    "Thai": "กรุงเทพเป็นเมืองหลวง",
    "Hebrew": "ירושלים היא עיר",
}


@pytest.mark.parametrize("language", OTHER)
@pytest.mark.parametrize("languages", [("en",), ("zh",), ("en", "zh")])
def test_a_language_that_no_model_learned_is_said_so(language: str, languages: tuple[str, ...]) -> None:
    assert [note.code for note in language_notes(OTHER[language], languages, "m")] == ["text_in_other_language"]
    assert not mostly_chinese(OTHER[language])


IN_LATIN_LETTERS = [
    "Die Katze sitzt in Berlin.",
    "Der Hund schläft auf dem Sofa und träumt.",
    "Le chat est sur la table.",
    "Emmanuel Macron habite à Paris avec sa femme.",
    "El gato duerme en la casa.",
    "Madrid es la capital de España.",
    "O gato está na mesa.",
    "Roma è la capitale d'Italia.",
    "De kat zit op de mat.",
    "Katten sitter på mattan och sover.",
    "Kot śpi na kanapie.",
    "Warszawa jest stolicą Polski.",
    "Con mèo ngồi trên thảm.",
    "Hà Nội là thủ đô của Việt Nam.",
    "wǒ ài běijīng",
    "Angela Merkel ist krank",
    "Ich liebe Berlin",
    "Hans wohnt Bonn gegenüber",
    "Paul habite Paris",
    "Maria está bien",
    "Lisboa não dorme",
    "Jeg heter Ole",
    "Saya tinggal Jakarta",
    "Hava güzel değil",
    "Gallia est omnis divisa in partes tres.",
    "Paka amelala kwenye mkeka na mtoto wa jirani.",
    "Kucing itu tidur di atas meja.",
    "Kedi bir halının üzerinde uyuyor ve çok güzel.",
]
ENGLISH = [
    "Die Hard in Berlin",
    "Ludwig van Beethoven was born in Bonn.",
    "Ana Pires visited La Paz.",
    "El Niño hits Peru",
    "Los Angeles Lakers beat Miami",
    "Su et al. and Smith et al. in 2020",
    "Charles de Gaulle met Konrad Adenauer",
    "Ana de la Cruz, Maria da Silva e Souza",
    "naïve café, Zürich, São Paulo, Brasília",
    "ana pires met ben adeyemi",
    "colorless green ideas sleep furiously",
    "king queen man woman",
    "Das Boot, Die Zeit, Le Monde",
    "He ordered crème brûlée and café au lait en route",
    "no pain no gain",
    "Mohammed bin Salman al Saud",
    "Nguyễn Phú Trọng met Tô Lâm",
    "per capita income in Bolivia",
    "import os, os.path",
    "son of man no more war",
    "IST conference 2020",
    "Ve Neill, Een Vogt and Nie Er",
    "Uma Thurman, Nous Sommes",
    "tender is the Nacht und Nebel decree",
]


@pytest.mark.parametrize("text", [*IN_LATIN_LETTERS, "大韓民國은 民主共和國", "東京都知事選挙", "日本経済新聞"])
def test_a_language_that_shares_its_letters_with_a_models_is_told_by_its_words(text: str) -> None:
    assert [note.code for note in language_notes(text, ("en",), "m")] == ["text_in_other_language"]
    latin = text in IN_LATIN_LETTERS
    assert [n.code for n in language_notes(text, ("zh",), "m")] == [
        f"text_{'is_not_chinese' if latin else 'in_other_language'}"
    ]


@pytest.mark.parametrize("text", ENGLISH)
def test_names_and_borrowed_words_do_not_make_another_language(text: str) -> None:
    assert language_notes(text, ("en",), "m") == () and not is_other_than_english(text)


TURKISH = "ev evler evlerimizden"


@pytest.mark.parametrize("path", sorted(Path("pages").glob("*/*/words.yaml")), ids=lambda path: path.parent.name)
def test_no_sentence_of_the_lessons_is_taken_for_another_language(path: Path) -> None:
    """As English as a text can be, with names, formulas and code."""
    lines = [line for line in path.read_text("utf-8").split("\n") if not any(map(is_han, line))]
    lines = [line for line in lines if TURKISH not in line]  # FastText shows it on purpose
    assert [line for line in lines if is_other_than_english(line)] == []


def test_japanese_characters_are_those_that_no_chinese_text_has() -> None:
    assert (
        language_notes("这是中国的首都北京，很大。", ("zh",), "m")
        == language_notes("這是中國的首都，圖書館很大。", ("zh",), "m")
        == ()
    )
    assert language_notes("他在横浜読了三年书，然后回到北京工作了很久很久。", ("zh",), "m") == ()
    for code in ("gb2312", "big5"):
        assert not any(c.encode(code, "ignore") for c in _JAPANESE_ONLY) and all(map(is_han, _JAPANESE_ONLY))


def test_a_few_words_of_another_script_are_no_other_language() -> None:
    assert language_notes("The word Москва means Moscow", ("en",), "m") == ()
    assert language_notes("naïve café, Zürich", ("en",), "m") == ()
    assert language_notes("苹果公司的 iPhone", ("zh",), "m") == ()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("tea. coffee! (bread)", "tea coffee bread"),
        ("\"king\", “queen”, 'man'", "king queen man"),
        ("['king', 'queen', \"man\"]", "king queen man"),
        ("king/queen | man;woman", "king queen man woman"),
        ("- tea\n* coffee\n• bread", "tea coffee bread"),
        ("国王、女王。（男人）「女人」", "国王 女王 男人 女人"),
        ("don't o'neill rock'n'roll", "don't o'neill rock'n'roll"),
        ("u.s. km/h tea.", "u.s. km/h tea"),
        ("well-known 3.5", "well-known 3.5"),
        ("c# (C++), f#/g++;java #king ## queen king#", "c# C++ f# g++ java king queen king"),
        ("Ｃ＃、ｃ＋＋", "Ｃ＃ ｃ＋＋"),
        ("king+queen a+b", "king queen a b"),
        ("... '' ()", ""),
    ],
)
def test_a_list_of_words_however_it_is_written(typed: str, words: str) -> None:
    assert list(split_list(typed, {"u.s.", "km/h"})) == words.split()


KNOWN = {
    "king", "queen", "man", "woman", "boy", "国王", "女王", "男人", "女人", "一", "二", "三", "well-known", "at&t", "9:30",
    "1.", "2.", "3.", "5.", "1", "-", "--", "&", ".", ",", "!", "+", ":)", "$",
}  # fmt: skip
LISTED = {
    "numbered lines": ("1. king\n2. queen\n10. man", "king queen man"),
    "numbers in one line, at their words": ("1.king 2.queen", "king queen"),
    "numbers in brackets": ("(1) king (2) queen [3] man 4) woman", "king queen man woman"),
    "numbers in brackets without blanks": ("（1）国王（2）女王", "国王 女王"),
    "Chinese numbers": ("1、国王\n２．女王", "国王 女王"),
    "Chinese numerals": ("一、国王 二、女王\n(三)男人", "国王 女王 男人"),
    "one numeral is a word": ("一、国王、女王", "一 国王 女王"),
    "numerals that are listed": ("一、二、三", "一 二 三"),
    "letters": ("a) king b) queen", "king queen"),
    "Roman numbers": ("i) king ii) queen iii) man", "king queen man"),
    "one letter in brackets is a word": ("(I) king (you)", "I king you"),
    "numbers in a ring": ("①king②queen ⑶ man", "king queen man"),
    "numbers on keys": ("1️⃣ king 2️⃣ queen", "king queen"),
    "numbers behind bullets": ("- 1. king\n- 2. queen", "king queen"),
    "numbers that are listed": ("1. 2. 3. 5.", "1. 2. 3. 5."),
    "a number in a sentence": ("chapter 3. king", "chapter 3. king"),
    "a word that begins with a digit": ("1. 2pac 2. king 3.5 9:30", "2pac king 3.5 9:30"),
    "signs by themselves": ("king - queen & man -- woman . + boy", "king queen man woman boy"),
    "signs that are listed": (". , ! -", ". , ! -"),
    "signs that are words": ("happy :) $ dollar", "happy :) $ dollar"),
    "arrows": ("king→queen -> man ⇒ woman", "king queen man woman"),
    "tildes": ("king~queen～man ~ woman", "king queen man woman"),
    "greater": ("king>queen > man", "king queen man"),
    "points": ("国王・女王·男人", "国王 女王 男人"),
    "an ampersand": ("king&queen at&t AT&T", "king queen at&t AT&T"),
    "dashes": ("king–queen man—woman – boy", "king queen man woman boy"),
    "a dash of which one part is unknown": ("king–kong", "king–kong"),
    "a word with a dash": ("well–known well-known ill-known", "well-known well-known ill-known"),
    "Chinese words with a hyphen": ("国王-女王 男人－女人", "国王 女王 男人 女人"),
    "the source of a page": ("<ul><li>king</li>\n<li class='b'>queen<br/>man</ul>", "king queen man"),
    "numbers without points in one line": ("1 king 2 queen 3 man", "king queen man"),
    "numbers without points in lines": ("1 king\n2 queen\n3 at&t", "king queen at&t"),
    "numbers and dashes": ("1 - king 2 - queen", "king queen"),
    "numbers behind a hash": ("#1 king #2 queen", "king queen"),
    "numbers with a nought": ("01 king 02 queen", "king queen"),
    "several words a number": ("1 king queen 2 man woman", "king queen man woman"),
    "letters with points": ("a. king b. queen c. man", "king queen man"),
    "Roman numbers with points": ("I. king II. queen III. man", "king queen man"),
    "Chinese words with numbers glued on": ("1.国王2.女王3.男人", "国王 女王 男人"),
    "Chinese words between bare numbers": ("1国王2女王3男人", "国王 女王 男人"),
    "numbers that do not count": ("1 king 3 queen", "1 king 3 queen"),
    "numbers that count from another": ("2 king 3 queen", "2 king 3 queen"),
    "a number and a word": ("1 king", "1 king"),
    "numbers that are listed without points": ("1 2 3", "1 2 3"),
    "a number behind the words": ("king 1 queen 2", "king 1 queen 2"),
    "years": ("2003 king 2004 queen", "2003 king 2004 queen"),
    "boxes to tick": ("- [ ] king\n- [x] queen", "king queen"),
    "a page's signs": ("king&nbsp;queen&#44;man &amp; woman", "king queen man woman"),
    "dots": ("king...queen … man", "king queen man"),
    "a Markdown table": ("| king |\n|---|\n| queen |", "king queen"),
    "ticks and squares": ("✓ king ▪ queen ☺", "king queen ☺"),
}  # fmt: skip


@pytest.mark.parametrize("how", LISTED)
def test_numbers_and_signs_of_a_list_are_none_of_its_words(how: str) -> None:
    typed, words = LISTED[how]
    assert " ".join(split_list(typed, KNOWN)) == words


@given(st.lists(st.sampled_from(["king", "queen", "国王", "well-known", "boy"]), min_size=2, max_size=30, unique=False))
@pytest.mark.parametrize("mark", ["{} ", "{}. ", "{}) ", "#{} ", "({}) ", "{}: ", "{}、"])
@pytest.mark.parametrize("between", [" ", "\n", "; "])
def test_a_list_that_is_numbered_from_one_is_its_words(mark: str, between: str, words: list[str]) -> None:
    typed = between.join(mark.format(n + 1) + word for n, word in enumerate(words))
    assert list(split_list(typed, KNOWN)) == words


def test_clean_says_what_it_cut() -> None:
    cleaned = clean("word " * 10_000, limit=4000)
    assert len(cleaned.text) <= 4000
    assert [note.code for note in cleaned.notes] == ["cut_characters"]
    assert cleaned.notes[0].params["given"] == 50_000


def test_clean_keeps_scripts_and_emoji() -> None:
    for text in ("שלום עולם", "नमस्ते", "👩‍👩‍👧‍👦 family", "e\u0301té"):
        assert len(clean(text).text) >= len(text) - 1
    assert len(clean("Z" + "\u0301" * 400).text) < 20
