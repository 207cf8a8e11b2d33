"""The tokens of the translators: word pieces of English, characters of Chinese, and four marks in front of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

PAD, UNKNOWN, BEGIN, END = 0, 1, 2, 3
MARKS = ("<pad>", "<unk>", "<s>", "</s>")
CONTINUES = "##"  # what a piece inside a word begins with


def trained_tokenizer(texts: Iterable[str], size: int, min_frequency: int = 2) -> Any:
    """Return a tokenizer of the library tokenizers with at most ``size`` pieces, made for ``texts``.

    Text is put in lower case and cut at spaces, punctuation and between Chinese characters; WordPiece (Schuster &
    Nakajima 2012) cuts what is left. So a Chinese character is always a piece of its own, or ``<unk>``.
    """
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.WordPiece(unk_token=MARKS[UNKNOWN], max_input_chars_per_word=40))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True, handle_chinese_chars=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece(prefix=CONTINUES)
    trainer = trainers.WordPieceTrainer(
        vocab_size=size, min_frequency=min_frequency, special_tokens=list(MARKS), show_progress=False
    )
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def detokenized(pieces: Sequence[str]) -> str:
    """Return Chinese text from its pieces: no spaces but between Latin words; marks are left out."""
    words: list[str] = []
    for piece in pieces:
        if piece in MARKS:
            continue
        if piece.startswith(CONTINUES) and words:
            words[-1] += piece.removeprefix(CONTINUES)
        else:
            words.append(piece)
    return re.sub(r"(?<![a-z0-9]) | (?![a-z0-9])", "", " ".join(words))
