"""The one table of lessons: navigation, the home page, permalinks, tests and screenshots are all driven from it."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

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
        showcase: the query of a state whose figure stands for the lesson: its thumbnail, and what tests open.
    """

    id: str
    group: str
    icon: str
    showcase: str = ""

    @property
    def module(self) -> str:
        """The lesson's name in Python."""
        return self.id.replace("-", "_")

    @property
    def folder(self) -> Path:
        return ROOT / "pages" / self.group / self.module

    @property
    def words(self) -> Path:
        return self.folder / "words.yaml"

    @property
    def thumbnail(self) -> Path:
        return self.folder / "thumbnail.png"

    def part(self, name: str) -> ModuleType:
        """Import a module of the lesson's folder, such as ``page``: when it is first needed, and once."""
        return importlib.import_module(f"pages.{self.group}.{self.module}.{name}")

    @property
    def show(self) -> Callable[[LessonPage], Below]:
        """What draws the lesson into the frame and returns what goes below the figure."""
        show: Callable[[LessonPage], Below] = self.part("page").show
        return show


LESSONS: tuple[Lesson, ...] = (
    Lesson("embedding-map", "words", ":material/scatter_plot:"),
    Lesson("analogies", "words", ":material/compare_arrows:"),
    Lesson("lstm-gates", "sequences", ":material/timeline:", showcase="ahead=true&step=11"),
    Lesson("attention", "transformers", ":material/grid_on:"),
    Lesson("masked-language-model", "transformers", ":material/visibility_off:"),
    Lesson("bio-tagging", "tasks", ":material/label:", showcase="view=own"),
)

GROUPS: tuple[str, ...] = tuple(dict.fromkeys(lesson.group for lesson in LESSONS))


def lesson(lesson_id: str) -> Lesson:
    """Return the lesson with this id; KeyError where there is none."""
    found = next((item for item in LESSONS if item.id == lesson_id), None)
    if found is None:
        raise KeyError(lesson_id)
    return found
