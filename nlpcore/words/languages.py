"""Why a word is not in a table: because it is of another language than the table's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from nlpcore.errors import LearnerError
from nlpcore.text import language_notes


@contextmanager
def naming_languages(languages: Sequence[str]) -> Iterator[None]:
    """Say of a word that is not in a table of these ``languages`` whether its script is another one.

    A LearnerError on unknown words becomes ``word_other_language`` for a word of the other of English and Chinese, and
    ``word_no_language`` for one in a script of neither. Close spellings are only offered within the language.
    """
    try:
        yield
    except LearnerError as error:
        word = str(error.params.get("word", "") or error.params.get("unknown", ""))
        strange = {note.code for note in language_notes(word, languages, "")} if error.code in _UNKNOWN else set()
        if "text_in_other_language" in strange:
            raise LearnerError("word_no_language", word=word) from error
        if strange and error.code != "map_too_few_known":  # which says so itself
            raise LearnerError("word_other_language", word=word) from error
        raise


_UNKNOWN = ("word_unknown", "word_unknown_close", "map_too_few_known", "words_all_unknown")
