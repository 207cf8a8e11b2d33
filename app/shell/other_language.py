"""What to do about a text in a language that its model has not learned: said of the models that the lesson really has."""

from __future__ import annotations

from collections.abc import Sequence

from app.lessons import Lesson
from app.shell.language import shell_words
from app.shell.models import first_here
from app.words import Words
from nlpcore.errors import Note
from nlpcore.models.catalogue import catalogue

# The codes of nlpcore.text.language_notes, and the language of the text, where that is one that some model may read.
LANGUAGES = {"text_is_chinese": "zh", "text_is_not_chinese": "en", "text_in_other_language": None}
ALL_UNKNOWN = "all_unknown"  # what a network without any word of the text says, and which language to write in


def instead(lesson: Lesson, words: Words, note: Note) -> str:
    """Return a sentence to go behind that of ``note``: which model to choose, else which language to write in.

    "" for a note about anything else. Where the picker is not the way, ``read_<language>`` of the lesson's ``words`` says it.
    """
    if note.code not in LANGUAGES:
        return ""
    shell, language = shell_words(), LANGUAGES[note.code]
    known = catalogue().get(str(note.params["model"]))
    learned = _named(known.languages if known else ())
    if language is None:
        return shell("reads.write", languages=learned)
    if words.has(f"read_{language}"):
        return words(f"read_{language}")
    if model := first_here(lesson.kinds, language):
        return shell("reads.choose", model=model, languages=learned)
    return shell("reads.none", language=_named([language]), languages=learned)


def _named(languages: Sequence[str]) -> str:
    """Return the names of languages; one without a name by its code."""
    shell = shell_words()
    return shell.listed(shell(key) if shell.has(key := f"reads.language_{one}") else one for one in languages)
