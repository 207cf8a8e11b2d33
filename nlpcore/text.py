"""Text as learners type it, made fit for a tokenizer."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import regex

from nlpcore.errors import LearnerError, Note
from nlpcore.graphemes import word_spans
from nlpcore.latin_languages import is_other_than_english

# Control, surrogate, private use and unassigned characters mean nothing to a tokenizer.
_DROPPED = frozenset({"Cc", "Cs", "Co", "Cn"})
_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_BLANK_OF_BRAILLE = str.maketrans({"\u2800": " "})  # a sign for Unicode; web pages use it as a blank that nothing folds
_LINE_END = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_LINE_BREAK_TAG = re.compile(r"<\s*br\s*/?\s*>", re.IGNORECASE)
_WIKITEXT_MARK = re.compile(r" @([-,.])@ ")
_BLANK = re.compile(r"[^\S\n\t]")
_BEFORE_A_LINE_END = re.compile(r"[ \t]+(?=\n)")

# Scripts whose letters change their form beside a joiner or a non-joiner.
_JOINING = (
    r"\p{scx=Arabic}\p{scx=Syriac}\p{scx=Mandaic}\p{scx=Nko}\p{scx=Mongolian}\p{scx=Adlam}\p{scx=Hanifi_Rohingya}"
    r"\p{scx=Devanagari}\p{scx=Bengali}\p{scx=Gurmukhi}\p{scx=Gujarati}\p{scx=Oriya}\p{scx=Tamil}\p{scx=Telugu}"
    r"\p{scx=Kannada}\p{scx=Malayalam}\p{scx=Sinhala}\p{scx=Khmer}\p{scx=Myanmar}\p{scx=Tibetan}\p{scx=Javanese}"
    r"\p{scx=Balinese}\p{scx=Newa}"
)
# What draws nothing by itself, and where each is needed: an emoji, a keycap, a flag of a region, a variant of a Chinese
# or Mongolian character, an old Korean syllable, the order of two marks (Unicode Standard 23.2 to 23.4, UTS #51).
_INVISIBLE = regex.compile(
    rf"""
    (?! (?<=[{_JOINING}])\u200d
      | (?<=[{_JOINING}])\u200c(?=[{_JOINING}])
      | (?<=[\p{{Extended_Pictographic}}\ufe0f\U0001f3fb-\U0001f3ff])\u200d(?=\p{{Extended_Pictographic}})
      | (?<=\p{{Emoji}})(?<![0-9\#*])[\ufe0e\ufe0f]
      | (?<=[0-9\#*])\ufe0f(?=\u20e3)
      | (?<=\U0001f3f4[\U000e0020-\U000e007e]*)[\U000e0020-\U000e007f]
      | (?<=\p{{Han}})[\ufe00-\ufe02\U000e0100-\U000e01ef]
      | (?<=\p{{Mongolian}})[\u180b-\u180f]
      | (?<=[\p{{Myanmar}}\p{{Phags_Pa}}\p{{Manichaean}}\p{{Sm}}])\ufe00
      | \u115f(?=[\u1160-\u11a7]) | (?<=[\u1100-\u115f])\u1160
      | (?<=\p{{M}})\u034f(?=\p{{M}})
    )
    [\p{{Default_Ignorable_Code_Point}}\ufff9-\ufffc]
    """,
    regex.VERBOSE,
)
_MARKS_PER_LETTER = 8
_HAN_BLOCKS = (("\u3400", "\u9fff"), ("\uf900", "\ufaff"), ("\U00020000", "\U0003134f"))
_LATIN = regex.compile(r"\p{Latin}")
_KANA = regex.compile(r"[\p{Hiragana}\p{Katakana}]")
# Characters as Japan simplified them, which neither GB 2312 nor Big5 has.
_JAPANESE_ONLY = frozenset(
    "両乗亀亜仏仮価倹児円処剣剤剰労効勅勧勲単厳収唖営噛団囲図圏圧塁塩増壊壌壱売変奨嬢実寛対専尭巌巣巻帯帰庁広廃弐弾従徳徴応恵"
    "悩悪懐戦戻払抜択拝拠拡挙挿捜掲掻揺摂撃撹斉斎晩暁暦曽栄桜桝桟検楽様権歓歩歯歳歴毎気沢浄涙渇済渉渋渓満滝瀬焼犠猟獣畳痩発"
    "県砕稲穂穏穣竜粋粛経絵継続総縁縄縦繊繍聴脳臓艶荘蔵薫薬蛍蝋覇覚覧観訳読譲賛転軽辺逓遅郷酔醤醸釈鉄鉱銭鋳錬関闘陥険隠雑霊頼"
    "顕駅駆騒験髄髪鴎鶏鹸黒黙齢"
)
# Korean writes its particles at the word, also where the word is in Chinese characters: 大韓民國은
_KOREAN_PARTICLE = regex.compile(
    r"(?<=\p{Han})(?:은|는|이|가|을|를|의|에|와|과|도|로|으로|에서|에게|까지|부터|이다|입니다)(?!\p{Hangul})"
)


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A learner's text after :func:`clean`.

    Attributes:
        text: what is left.
        notes: what was taken away.
    """

    text: str
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Word:
    """A word or a single symbol and its place: ``source[start:end] == text``.

    Attributes:
        text: as written.
        start, end: characters, end excluded.
        occurrence: 1 for the first time that this word stands in the text, 2 for the second, … (case ignored), where
            they are counted.
        occurrences: how often it stands there, where it is counted.
    """

    text: str
    start: int
    end: int
    occurrence: int = 1
    occurrences: int = 1


def clean(text: str, limit: int = 4000, lines: bool = False) -> Cleaned:
    """Return ``text`` in NFC without control and invisible characters, cut to ``limit`` characters.

    White space is folded to single blanks. ``lines``: lines, tabs and indentation stay, every line end is "\\n", and
    blanks before it go. Of invisible characters those stay that a script or an emoji needs: joiners in Persian, Hindi or
    a family, selectors of variants; zero-width spaces, soft hyphens, direction marks and the like go.

    Raises LearnerError ``empty_text`` where nothing is left.
    """
    given = len(text)
    # Normalising costs time with every character, so a book is cut before it is read in full.
    visible = without_invisible(text[: 4 * limit])
    read, notes = visible.text, list(visible.notes)
    kept = _without_mark_towers(unicodedata.normalize("NFC", _lines(read) if lines else " ".join(read.split())))
    kept = kept.strip()
    if not kept:
        raise LearnerError("empty_text")
    if len(kept) > limit or given > 4 * limit:
        kept = kept[:limit].rstrip()
        notes.append(Note("cut_characters", {"kept": len(kept), "given": given}))
    return Cleaned(kept, tuple(notes))


def without_invisible(text: str) -> Cleaned:
    """Return ``text`` without control and invisible characters, but those that a script or an emoji needs; see :func:`clean`.

    The blank of Braille becomes a blank.
    """
    kept = "".join(c for c in text if c.isspace() or not _is_control(c)).translate(_BLANK_OF_BRAILLE)
    visible = _INVISIBLE.sub("", kept)
    taken = {"removed_characters": len(text) - len(kept), "removed_invisible": len(kept) - len(visible)}
    return Cleaned(visible, tuple(Note(code, {"count": count}) for code, count in taken.items() if count))


def without_line_break_tags(text: str) -> str:
    """Return ``text`` with each ``<br />`` of a web page as a blank: so film reviews were read in training."""
    return _LINE_BREAK_TAG.sub(" ", text)


def without_wikitext_marks(text: str) -> str:
    """Return ``text`` with the marks of WikiText undone: " @-@ ", " @,@ ", " @.@ " are "-", ",", ".", and "<unk>" goes.

    So WikiText (Merity et al. 2017) was read in training.
    """
    return _WIKITEXT_MARK.sub(r"\1", text).replace("<unk>", "")


def as_trained(text: str, model_id: str) -> str:
    """Return ``text`` without what the training texts of this model were freed of, by the functions that freed them."""
    for cleaned_away in _CLEANED_AWAY.get(model_id, ()):
        text = cleaned_away(text)
    return text


_CLEANED_AWAY = {
    "lstm-imdb": (without_line_break_tags,),
    "textcnn-imdb": (without_line_break_tags,),
    "minilm-l6-imdb": (without_line_break_tags,),
    "minilm-l6-mlm": (without_line_break_tags, without_wikitext_marks),
}


def without_special_tokens(text: str, tokens: Iterable[str]) -> Cleaned:
    """Put blanks into each of a tokenizer's special ``tokens`` that was typed, such as [CLS] or <s>, with a note.

    So it is read as text: only what the tokenizer adds itself is special.
    """
    typed = [token for token in dict.fromkeys(tokens) if len(token) > 2 and token in text]
    for token in typed:
        text = text.replace(token, f"{token[0]} {token[1:-1]} {token[-1]}")
    return Cleaned(text, (Note("special_as_text", {"tokens": " ".join(typed)}),) if typed else ())


def _is_control(character: str) -> bool:
    return unicodedata.category(character) in _DROPPED or character in _BIDI_CONTROLS


def _lines(text: str) -> str:
    """Write every line end as "\\n" and every blank but a tab as " "; none stands before a line end."""
    return _BEFORE_A_LINE_END.sub("", _BLANK.sub(" ", _LINE_END.sub("\n", text)))


def _without_mark_towers(text: str) -> str:
    """Drop combining marks past the eighth on one letter: no script stacks more, and they spill over the page."""
    out: list[str] = []
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= _MARKS_PER_LETTER:
            out.append(character)
    return "".join(out)


def shortened(text: str, most: int = 24) -> str:
    """Return ``text`` with at most ``most`` characters, the last of them "…" where some are left out."""
    return text if len(text) <= most else text[: most - 1] + "…"


def the_first(names: Iterable[str], most: int, longest: int = 24, between: str = ", ") -> str:
    """Return the first ``most`` names in a row, each cut to ``longest`` characters, and "…" where there are more."""
    cut = [shortened(name, longest) for name in names]
    return between.join(cut[:most]) + (" …" if len(cut) > most else "")


def half_width(text: str) -> str:
    """Return ``text`` with the full-width letters, digits and signs of a Chinese keyboard as those of ASCII: ｋｉｎｇ as king.

    So are ligatures of print, letters of mathematics, hyphens and a true minus: ﬁne as fine, 𝐤𝐢𝐧𝐠 as king, −5 as -5.
    """
    return text.translate(_HALF_WIDTH)


def without_selectors(text: str) -> str:
    """Return ``text`` without the selectors of a shape in which a character is drawn: 葛 U+E0100 as 葛."""
    return _SELECTOR.sub("", text)


_SELECTOR = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_OF_PRINT = (*range(0xFB00, 0xFB07), *range(0x1D400, 0x1D800))  # ﬁ of a PDF, 𝒜𝐧𝗮 of a web page
_HALF_WIDTH: dict[int, int | str] = {full: full - 0xFEE0 for full in range(0xFF01, 0xFF5F)} | {
    code: unicodedata.normalize("NFKC", chr(code)) for code in _OF_PRINT
}
_HALF_WIDTH |= dict.fromkeys(map(ord, "‐‑−"), "-")  # the hyphens and the minus of a word processor


def is_han(character: str) -> bool:
    """Whether this is a Chinese character (of the basic, a supplementary or the compatibility block)."""
    return any(first <= character <= last for first, last in _HAN_BLOCKS)


def has_kana(text: str) -> bool:
    """Whether ``text`` has a Japanese syllable: then its Chinese characters are Japanese too."""
    return bool(_KANA.search(text))


def mostly_chinese(text: str) -> bool:
    """Whether ``text`` has at least as many Chinese characters as words in letters, and any at all; Japanese is not Chinese."""
    counts = _counted(text)
    return 0 < counts["Han"] >= sum(counts.values()) - counts["Han"]


def language_notes(text: str, languages: Sequence[str], model: str) -> tuple[Note, ...]:
    """Return a note where most words of ``text`` are in a script or in a language that ``model`` did not learn.

    languages: the model's, as the catalogue names them: "en" is read in Latin letters, "zh" in Chinese characters. Kana
    make a text Japanese, whatever Chinese characters stand beside them; so do characters of Japan alone, and particles
    make it Korean. Of Latin letters: see :func:`is_other_than_english`. Nothing is said of a text without letters.
    """
    counts = _counted(text)
    han, latin = counts["Han"], counts["Latin"]
    others = sum(counts.values()) - han - latin
    if others > max(han, latin):
        return (Note("text_in_other_language", {"model": model}),)
    if 0 < han >= latin + others and "zh" not in languages:
        return (Note("text_is_chinese", {"model": model}),)
    if latin > han and tuple(languages) == ("zh",):
        return (Note("text_is_not_chinese", {"model": model}),)
    if latin > han + others and "en" in languages and is_other_than_english(text):
        return (Note("text_in_other_language", {"model": model}),)
    return ()


def _counted(text: str) -> Counter[str]:
    """Return how many Chinese characters ("Han"), words in Latin letters and words of any "other" script are in ``text``."""
    counts: Counter[str] = Counter()
    for start, _ in word_spans(text):
        first = text[start]
        if is_han(first):
            counts["Han"] += 1
        elif first.isalpha():
            counts["Latin" if _LATIN.match(first) else "other"] += 1
    of_japan = sum(character in _JAPANESE_ONLY for character in text)
    if has_kana(text) or _KOREAN_PARTICLE.search(text) or 10 * of_japan > counts["Han"]:
        counts["other"] += counts.pop("Han", 0)
    return counts
