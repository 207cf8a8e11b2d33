"""Traditional Chinese for what learned simplified characters only.

OpenCC converts by phrases, longest first, so that 乾淨 becomes 干净 while 乾坤 stays. The script is changed, never the
choice of words: 軟體 becomes 软体, not 软件.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import regex

from nlpcore.errors import Note
from nlpcore.text import Cleaned, has_kana, is_han

if TYPE_CHECKING:
    from opencc import OpenCC

# Everyday characters that simplified Chinese writes in another way. Whoever learned traditional texts has them all; a few
# stray ones are in most simplified corpora too.
_EVERYDAY = "國學長電腦馬書賣魚鳥龍貓"
_RUN = regex.compile(r"\p{Han}+")


@lru_cache(maxsize=1)
def _converter() -> OpenCC:
    from opencc import OpenCC

    return OpenCC("t2s")


def simplified(text: str) -> str:
    """Return ``text`` in simplified characters, character by character at the same places; Japanese stays as it is."""
    return text if has_kana(text) else _RUN.sub(lambda found: _converted(found[0]), text)


def _converted(run: str) -> str:
    convert = _converter().convert
    whole = str(convert(run))
    if len(whole) == len(run):
        return whole
    alone = [str(convert(character)) for character in run]  # a phrase that grew: places must stay
    return "".join(new if len(new) == 1 else old for old, new in zip(run, alone, strict=True))


def as_learned(text: str, languages: Sequence[str], tokenizer: Any, model: str) -> Cleaned:
    """Return ``text`` as ``model`` learned Chinese: in simplified characters where it knows no others, with a note.

    languages: the model's, as the catalogue names them; ``tokenizer``: its own, which knows everyday traditional
    characters where training had them. No character moves.
    """
    if "zh" not in languages or not any(map(is_han, text)) or _reads_traditional(tokenizer):
        return Cleaned(text)
    read = simplified(text)
    changed = sum(old != new for old, new in zip(text, read, strict=True))
    return Cleaned(read, (Note("text_simplified", {"count": changed, "model": model}),) if changed else ())


def _reads_traditional(tokenizer: Any) -> bool:
    return tokenizer.unk_token_id not in tokenizer.convert_tokens_to_ids(list(_EVERYDAY))
