"""The one table of lessons: navigation, the home page, permalinks, tests and screenshots are all driven from it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from nlpcore.models.catalogue import Entry, Kind, catalogue

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Lesson:
    """One lesson. ``id`` is also its path in the URL and the name of its words, its page and its thumbnail.

    ``kinds`` are those of the models that it works with: it offers every model of these kinds in the catalogue.
    """

    id: str
    group: str  # a key of ``groups`` in assets/locales/shell.yaml
    icon: str  # a Material symbol
    kinds: tuple[Kind, ...] = ()
    showcase: str = ""  # the query of a state whose figure stands for the lesson: its thumbnail, and what tests open

    @property
    def module(self) -> str:
        """The lesson's name in Python: its page, charts and snippet are modules of this name."""
        return self.id.replace("-", "_")

    @property
    def models(self) -> tuple[Entry, ...]:
        """The models that it offers, in the order of the catalogue."""
        return tuple(entry for entry in catalogue().values() if entry.kind in self.kinds)

    @property
    def page(self) -> Path:
        return ROOT / "pages" / f"{self.module}.py"

    @property
    def words(self) -> Path:
        return ROOT / "assets" / "lessons" / f"{self.id}.yaml"

    @property
    def thumbnail(self) -> Path:
        return ROOT / "assets" / "thumbnails" / f"{self.id}.png"


TRANSFORMERS: tuple[Kind, ...] = ("encoder", "decoder", "masked-lm", "sequence-classifier", "question-answering")
LESSONS: tuple[Lesson, ...] = (
    Lesson("embedding-map", "words", ":material/scatter_plot:", ("word-vectors",)),
    Lesson("analogies", "words", ":material/compare_arrows:", ("word-vectors",)),
    Lesson("lstm-gates", "sequences", ":material/timeline:", ("lstm",), showcase="ahead=true&step=11"),
    Lesson("attention", "transformers", ":material/grid_on:", TRANSFORMERS),
    Lesson("masked-language-model", "transformers", ":material/visibility_off:", ("masked-lm",)),
    Lesson("bio-tagging", "tasks", ":material/label:", ("token-classifier", "lac"), showcase="view=own"),
)

GROUPS: tuple[str, ...] = tuple(dict.fromkeys(lesson.group for lesson in LESSONS))


def lesson(lesson_id: str) -> Lesson:
    """Return the lesson with this id; KeyError where there is none."""
    found = next((item for item in LESSONS if item.id == lesson_id), None)
    if found is None:
        raise KeyError(lesson_id)
    return found
