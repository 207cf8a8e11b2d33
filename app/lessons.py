"""The one table of lessons: navigation, the home page, permalinks, tests and screenshots are all driven from it."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from nlpcore.models.catalogue import Entry, Kind, catalogue

if TYPE_CHECKING:
    from app.shell.frame import LessonPage
    from app.shell.panels import Below

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Lesson:
    """One lesson: a folder ``pages/<group>/<module>`` that holds everything that only this lesson needs.

    Attributes:
        id: its path in the URL; with underscores, the name of its folder.
        group: the folder that it lies in, and a key of ``groups`` in assets/locales/shell.yaml.
        icon: a Material symbol.
        kinds: of the models that it works with: it offers every model of these kinds in the catalogue.
        needs: ids of the lessons that it builds on: they come before it in the table.
        showcase: the query of a state that stands for the lesson: its thumbnail is the idea's picture there, and tests open it.
    """

    id: str
    group: str
    icon: str
    kinds: tuple[Kind, ...] = ()
    needs: tuple[str, ...] = ()
    showcase: str = ""

    @property
    def module(self) -> str:
        """The lesson's name in Python."""
        return self.id.replace("-", "_")

    @property
    def folder(self) -> Path:
        return ROOT / "pages" / self.group / self.module

    @property
    def models(self) -> tuple[Entry, ...]:
        """The models that it offers, in the order of the catalogue."""
        return tuple(entry for entry in catalogue().values() if entry.kind in self.kinds)

    @property
    def words(self) -> Path:
        return self.folder / "words.yaml"

    def thumbnail(self, language: str) -> Path:
        """The picture of the lesson's idea with the numbers of its showcase: SVG in the colours of the page around it."""
        return self.folder / f"thumbnail.{language}.svg"

    def part(self, name: str) -> ModuleType:
        """Import a module of the lesson's folder, such as ``page``: when it is first needed, and once."""
        return importlib.import_module(f"pages.{self.group}.{self.module}.{name}")

    @property
    def show(self) -> Callable[[LessonPage], Below]:
        """What draws the lesson into the frame and returns what goes below the figure."""
        show: Callable[[LessonPage], Below] = self.part("page").show
        return show


TRANSFORMERS: tuple[Kind, ...] = ("encoder", "decoder", "masked-lm", "sequence-classifier", "question-answering")
# In the order of the course, which is the path from one lesson to the next.
LESSONS: tuple[Lesson, ...] = (
    Lesson("one-hot", "words", ":material/looks_one:", ("word-vectors",)),
    Lesson("word2vec", "words", ":material/swap_horiz:", (), ("one-hot",)),
    Lesson("glove", "words", ":material/join_inner:", (), ("word2vec",)),
    Lesson("fasttext", "words", ":material/extension:", (), ("word2vec",)),
    Lesson("embedding-map", "words", ":material/scatter_plot:", ("word-vectors",), ("one-hot",)),
    Lesson("analogies", "words", ":material/compare_arrows:", ("word-vectors",), ("embedding-map",)),
    Lesson("word-senses", "words", ":material/call_split:", ("encoder", "masked-lm"), ("embedding-map",)),
    Lesson("neuron", "networks", ":material/hub:", ("word-vectors",), ("embedding-map",)),
    Lesson("gradient-descent", "networks", ":material/terrain:", (), ("neuron",)),
    Lesson("overfitting", "networks", ":material/balance:", (), ("gradient-descent",)),
    Lesson("architectures", "networks", ":material/account_tree:", ("text-cnn",), ("gradient-descent",)),
    Lesson("kinds-of-learning", "networks", ":material/school:", (), ("neuron",)),
    Lesson("lstm-gates", "sequences", ":material/timeline:", ("lstm",), ("embedding-map",), "ahead=true&step=11"),
    Lesson("attention", "transformers", ":material/grid_on:", TRANSFORMERS, ("embedding-map",)),
    Lesson("masked-language-model", "transformers", ":material/visibility_off:", ("masked-lm",), ("attention",)),
    Lesson("bio-tagging", "tasks", ":material/label:", ("token-classifier", "lac"), ("attention",), "view=own"),
)

GROUPS: tuple[str, ...] = tuple(dict.fromkeys(lesson.group for lesson in LESSONS))


def lesson(lesson_id: str) -> Lesson:
    """Return the lesson with this id; KeyError where there is none."""
    found = next((item for item in LESSONS if item.id == lesson_id), None)
    if found is None:
        raise KeyError(lesson_id)
    return found
