"""What every served function keeps to: frozen traces that cross processes, and a sentence for each of its errors."""

from __future__ import annotations

import dataclasses
import re
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from typing import Any, get_args, get_origin

import numpy as np
import pytest
import yaml

from app.text import note_params
from app.words import LANGUAGES, LOCALES, Words
from nlpcore.errors import LearnerError, Note
from nlpcore.models import store, trainings
from nlpcore.models.catalogue import entry, refresh
from nlpcore.models.errors import ModelUnsuitable
from nlpcore.models.serving import InProcess, served
from tests.contracts.row import Row
from tests.contracts.table import ROWS, served_functions
from tests.models.makers import extend
from tests.skips import needs_models

pytestmark = pytest.mark.models
PLAIN = (str, int, float, bool, type(None), np.generic)
SENTENCES = yaml.safe_load((LOCALES / "notes.yaml").read_text(encoding="utf-8"))


def others(weights: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return weights of the same shapes that give other answers: every tensor turned upside down."""
    return {name: np.ascontiguousarray(value[::-1]) for name, value in weights.items()}


# Second models of kinds of which the store holds one: the same files with other numbers.
COPIES: Mapping[str, tuple[str, str, str]] = {
    "another-encoder": ("minilm-l6", "encoder", "model.safetensors"),
    "another-tagger": ("minilm-l6-ner", "token-classifier", "model.safetensors second_head.safetensors"),
    "another-lstm": ("lstm-imdb", "lstm", "model.safetensors"),
    "another-lstm-of-characters": ("lstm-chars", "lstm", "model.safetensors"),
    "another-text-cnn": ("textcnn-imdb", "text-cnn", "model.safetensors"),
    "another-lac": ("lac-zh", "lac", "lac_crf_transitions.npy"),
    "another-table": ("glove-6b-50d", "word-vectors", "vectors.npy"),
}


@pytest.fixture(scope="module", autouse=True)
def second_models(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    home = tmp_path_factory.mktemp("second")
    entries: dict[str, dict[str, object]] = {}
    for model_id, (original, kind, changed) in COPIES.items():
        needs_models(original)
        _copy(store().folder(original), home / model_id, changed.split())
        entries[model_id] = {
            "kind": kind, "sources": [{"from": "folder", "path": model_id}],
            "tokenizer": "minilm-l6" if kind in ("encoder", "token-classifier") else model_id,
        }  # fmt: skip
    extend(home / "extension.toml", **entries)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NLPCORE_CATALOGUE", str(home / "extension.toml"))
        refresh()
        yield
    refresh()


def _copy(original: Path, folder: Path, changed: list[str]) -> None:
    from safetensors.numpy import load_file, save_file

    shutil.copytree(original, folder)
    (folder / "config.json").exists() or (folder / "config.json").write_text("{}")
    for name in changed:
        if name.endswith(".npy"):
            np.save(folder / name, 2 * np.load(folder / name)[::-1])
        else:
            save_file(others(load_file(folder / name)), folder / name)


@pytest.fixture(scope="module")
def server() -> Iterator[InProcess]:
    server = InProcess()
    yield server
    server.pool.close()


def sent(value: Any) -> Any:
    """Return what another process would receive."""
    return ForkingPickler.loads(ForkingPickler.dumps(value))


def named(row: Row) -> str:
    return row.name


def ask(row: Row) -> list[Any]:
    return [pytest.param(row, i, id=f"{row.name}-{i}") for i in range(len(row.questions()))]


def test_every_served_function_has_its_row() -> None:
    rows = {f"{row.function.__module__}.{row.function.__qualname__}" for row in ROWS}
    assert rows == set(served_functions())
    assert len(rows) == len(ROWS)


def unmarked() -> int:
    return 1


def test_a_function_that_is_not_marked_is_not_served() -> None:
    """So a page cannot serve a function without a row."""
    with pytest.raises(TypeError, match="not to be served"):
        InProcess().run(unmarked, None)
    assert InProcess().run(served(unmarked), None) == 1


@pytest.mark.parametrize(("row", "number"), [param for row in ROWS for param in ask(row)])
def test_a_trace(row: Row, number: int, server: InProcess) -> None:
    model_id, data = row.questions()[number]
    answer = server.run(row.function, model_id, **data)
    trainings.kept.forget()
    again = InProcess().run(row.function, model_id, **data)
    assert again is not answer
    assert equal(*(without(each, row.measured) for each in (answer, again))), "not the same twice"
    assert equal(answer, sent(answer)), "changed by crossing processes"
    for path, value in parts(answer):
        if dataclasses.is_dataclass(value):
            assert type(value).__dataclass_params__.frozen, path
            assert_types(value, path)
        elif isinstance(value, np.ndarray):
            assert not value.flags.writeable, f"{path} can be changed by every session"
            assert value.dtype != object, path
            if value.dtype.kind == "f" and path.split(".")[-1].rstrip("[]0123456789") not in row.nan:
                assert np.isfinite(value).all(), path
        elif isinstance(value, float):
            assert np.isfinite(value), path
        else:
            assert isinstance(value, (*PLAIN, tuple, Mapping)), f"{path} is a {type(value)}"


def without(answer: Any, names: tuple[str, ...]) -> Any:
    """Return an answer with nothing in the fields that are called so."""
    if isinstance(answer, tuple) and names:
        return tuple(without(each, names) for each in answer)
    if not names or not dataclasses.is_dataclass(answer) or isinstance(answer, type):
        return answer
    fields = {field.name: getattr(answer, field.name) for field in dataclasses.fields(answer)}
    kept = {name: None if name in names else without(value, names) for name, value in fields.items()}
    return dataclasses.replace(answer, **kept)


def assert_types(trace: Any, path: str) -> None:
    """The arrays of a trace have the numbers that its fields are annotated with: float64, int64, bool."""
    home = vars(sys.modules[type(trace).__module__])
    for field in dataclasses.fields(trace):
        value = getattr(trace, field.name)
        if isinstance(value, np.ndarray):
            hint = eval(str(field.type), home)
            array = next(each for each in (hint, *get_args(hint)) if get_origin(each) is np.ndarray)
            stated = get_args(get_args(array)[1])[0]
            assert np.issubdtype(value.dtype, get_origin(stated) or stated), f"{path}.{field.name}: {value.dtype}"


@pytest.mark.parametrize("row", [row for row in ROWS if row.models], ids=named)
def test_it_answers_by_model(row: Row, server: InProcess) -> None:
    """The second question differs in nothing but the model: neither the function nor the memory of answers forgets it."""
    first, second = (server.run(row.function, model_id, **row.data) for model_id in row.models)
    assert not equal(first, second)
    assert equal(second, InProcess().run(row.function, row.models[1], **row.data))
    assert equal(first, row.function(row.models[0], **row.data)), "the model's id does as well as the model"


@pytest.mark.parametrize("row", [row for row in ROWS if row.models], ids=named)
def test_a_model_of_another_kind_is_refused(row: Row) -> None:
    """A library's user, or a link, may name any model of the catalogue."""
    kinds = row.function.__kinds__  # type: ignore[attr-defined]
    assert {entry(model_id).kind for model_id in row.models} <= set(kinds)
    others = [
        model_id
        for model_id in ("glove-6b-50d", "lstm-imdb", "lac-zh", "minilm-l6")
        if entry(model_id).kind not in kinds
    ]
    assert len(others) >= 3
    for other in others:
        with pytest.raises(ModelUnsuitable) as caught:
            row.function(other, **row.data)
        assert caught.value.code == "model_of_another_kind" and other in str(caught.value)
        assert_said(caught.value.note)


@pytest.mark.parametrize(("row", "code"), [pytest.param(r, c, id=f"{r.name}-{c}") for r in ROWS for c in r.notes])
def test_a_note(row: Row, code: str, server: InProcess) -> None:
    data = {**row.data, **row.notes[code]}
    answer = server.run(row.function, data.pop("model", row.models[0] if row.models else None), **data)
    found = [value for _, value in parts(answer) if isinstance(value, Note)]
    assert code in {note.code for note in found}
    for note in found:
        assert_said(note)


@pytest.mark.parametrize(("row", "code"), [pytest.param(r, c, id=f"{r.name}-{c}") for r in ROWS for c in r.raises])
def test_an_error(row: Row, code: str, server: InProcess) -> None:
    with pytest.raises(LearnerError) as caught:
        server.run(row.function, row.models[0] if row.models else None, **{**row.data, **row.raises[code]})
    error = caught.value
    assert error.code == code
    copy = sent(error)
    assert (type(copy), copy.code, copy.params, str(copy)) == (type(error), error.code, error.params, str(error))
    assert_said(error.note)


@pytest.mark.parametrize("row", ROWS, ids=named)
def test_the_errors_of_the_docstring_are_those_of_the_row(row: Row) -> None:
    stated = {code for code in re.findall(r"``(\w+)``", row.function.__doc__ or "") if code in SENTENCES}
    assert stated == {*row.raises, *row.elsewhere}


def assert_said(note: Note) -> None:
    """The note has a sentence in each language, with every blank filled in."""
    assert sent(note) == note
    for language in LANGUAGES:
        said = Words(LOCALES / "notes.yaml", language)(note.code, **note_params(note))
        assert not re.search(r"(?<!\\)\{\w+\}", said), said


def parts(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield everything that an answer holds, with the way to it."""
    yield path, value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            yield from parts(getattr(value, field.name), f"{path}.{field.name}")
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from parts(item, f"{path}[{key}]")
    elif isinstance(value, tuple):
        for number, item in enumerate(value):
            yield from parts(item, f"{path}[{number}]")


def equal(one: Any, other: Any) -> bool:
    """Whether two answers say the same; NaN is equal to NaN."""
    flat: list[Callable[[], bool]] = []
    left, right = list(parts(one)), list(parts(other))
    if [path for path, _ in left] != [path for path, _ in right]:
        return False
    for (_, a), (_, b) in zip(left, right, strict=True):
        if type(a) is not type(b):
            return False
        if isinstance(a, np.ndarray):
            flat.append(lambda a=a, b=b: a.shape == b.shape and a.dtype == b.dtype and _same_numbers(a, b))
        elif isinstance(a, float):
            flat.append(lambda a=a, b=b: a == b or (np.isnan(a) and np.isnan(b)))
        elif isinstance(a, PLAIN):
            flat.append(lambda a=a, b=b: a == b)
    return all(same() for same in flat)


def _same_numbers(a: np.ndarray, b: np.ndarray) -> bool:
    return bool(np.array_equal(a, b, equal_nan=a.dtype.kind == "f"))
