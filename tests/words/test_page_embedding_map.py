"""The embedding map's page, figures and code: every source, clicks, hostile input, both languages."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from app.charts.embedding_map import toy_figure, word_figure
from app.charts.embedding_parts import word_marker
from app.charts.embedding_questions import toy_question, word_question
from app.charts.embedding_tables import neighbour_table, pair_table, quality_table, share, toy_table
from app.charts.embedding_views import frame_figure, kept_figure, perplexity_figure, run_figure, toy_rows, word_rows
from app.charts.label_placement import SIDES, place_labels, text_width
from app.lessons import ROOT, lesson
from app.shell.words import Words
from app.snippets.embedding_map import code
from nlpcore.models import serving, workers
from nlpcore.words import WordVectors
from nlpcore.words.projection_toys import TOY_SETS, ToyMap, map_toy
from nlpcore.words.projection_words import WordMap, categories, map_words, word_map
from tests.bench.learners import numbers

LANGUAGE = {"glove-6b-50d": "en", "words-zh-64d": "zh"}
HOSTILE = ["", "a", "?!", "🙂🙂", "שלום", "e\u0301" * 9, "<script>alert(1)</script> **x**", "a\x00b", "word " * 10_000]


def clustered_vectors(language: str) -> WordVectors:
    """Return a table with every word of the categories, those of one category near each other."""
    rng = np.random.default_rng(0)
    words, rows = ["the", "of"], [rng.normal(size=12), rng.normal(size=12)]
    for category in categories().values():
        centre = rng.normal(size=12) * 2
        for word in category.words[language]:
            words.append(word)
            rows.append(centre + rng.normal(size=12))
    return WordVectors("made-up", tuple(words), np.array(rows, dtype=np.float32))


TABLES = {model: clustered_vectors(language) for model, language in LANGUAGE.items()}


def serve(function: Any, model_id: str | None, data: dict[str, Any]) -> Any:
    if model_id is None:
        return function(**data)
    return word_map(TABLES[model_id], LANGUAGE[model_id], **data)


@pytest.fixture(autouse=True)
def stand_ins() -> Iterator[None]:
    """Answer with the made-up tables."""

    class MadeUp(serving.InProcess):
        def run(
            self, function: Any, model_id: str | None, *, on_progress: Any = None, on_place: Any = None, **data: Any
        ) -> Any:
            with workers.heard_by(on_progress, on_place):
                return serve(function, model_id, data)

    before = serving.serving()
    serving.use(MadeUp())
    yield
    serving.use(before)


def page(**query: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "app" / "main.py"), default_timeout=120)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    app = app.switch_page("../pages/embedding_map.py").run()
    assert not app.exception and not app.error, (app.exception, app.error)
    return app


def figures(app: AppTest) -> list[dict[str, Any]]:
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def text_of(app: AppTest) -> str:
    return " ".join(element.value for element in [*app.markdown, *app.caption, *app.warning])


# -- the page ----------------------------------------------------------------------------------------------------------


def test_the_default_map_has_words_frames_and_quality() -> None:
    app = page(lang="en")
    (spec,) = figures(app)
    assert len(spec["frames"]) >= 30
    assert "transition" not in spec["layout"], "nothing moves unless it is asked to"
    text = text_of(app)
    assert "Trustworthiness" in text
    assert "king – queen" in text
    assert "apple – orange" in text


def test_a_chosen_word_has_its_neighbours_listed_and_linked() -> None:
    app = page(lang="en", word="queen", method="pca")
    assert "**queen**: the map keeps" in text_of(app)
    (spec,) = figures(app)
    assert sum(trace.get("mode") == "lines" for trace in spec["data"]) == 2
    assert "frames" not in spec or not spec["frames"]


def test_a_click_chooses_a_word() -> None:
    app = page(lang="en", method="pca")
    app.session_state["figure_map"] = {"selection": {"points": [{"customdata": ["apple"]}]}}
    app.run()
    assert "**apple**: the map keeps" in text_of(app)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("preset", Words(lesson("embedding-map").words, "en").node("presets"))
def test_presets_name_controls_and_values_that_exist(preset: str, language: str) -> None:
    words = Words(lesson("embedding-map").words, language)
    state = words.resolve(words.node("presets"))[preset]["state"]
    query = {name: "~".join(value) if isinstance(value, list) else str(value) for name, value in state.items()}
    app = page(lang=language, **query | {"method": "pca"})
    for name, value in state.items():
        if name != "method":
            assert app.session_state[name] == value
    assert len(figures(app)) >= 1


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("source", ["list", "around"])
def test_hostile_input_gives_a_sentence(text: str, source: str) -> None:
    app = page(lang="en", source=source, method="pca", **{"text" if source == "list" else "query": text})
    assert figures(app) == []
    assert len(app.warning) == 1
    assert "<script>" not in text_of(app)


def test_five_perplexities_stand_side_by_side() -> None:
    app = page(lang="en", source="toy", toy="two", size="50", method="pca", panel="perplexities")
    assert len(figures(app)) == 6


def test_unknown_words_are_named_and_the_rest_is_shown() -> None:
    app = page(lang="en", source="list", text="cat dog lion tiger wolf cat qqqq", method="pca")
    assert "qqqq" in text_of(app)
    assert len(figures(app)) == 1


@pytest.mark.parametrize("name", TOY_SETS)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_toy_sets_show_truth_and_map(name: str, language: str) -> None:
    app = page(lang=language, source="toy", toy=name, size="60", method="pca", panel="trust")
    spec = figures(app)[0]
    assert "xaxis2" in spec["layout"]
    assert len(figures(app)) == 2


@pytest.mark.parametrize("panel", ["pair", "trust", "run", "mistakes", "code", "sources"])
def test_panels(panel: str) -> None:
    page(lang="zh", panel=panel, source="list", text="猫 狗 狮子 老虎 狼 熊 苹果 梨", perplexity="2")


# -- the figures -------------------------------------------------------------------------------------------------------


def say(key: str, /, **params: object) -> str:
    return Words(lesson("embedding-map").words, "en")(key, **params)


NAMES = {name: category.name["en"] for name, category in categories().items()}


@pytest.fixture(scope="module")
def words() -> WordMap:
    return word_map(TABLES["glove-6b-50d"], "en", "categories", ("royalty", "fruit", "animals"), perplexity=10)


@pytest.fixture(scope="module")
def toy() -> ToyMap:
    return map_toy("unequal", 60, perplexity=10)


@pytest.mark.parametrize("colour", ["category", "trust", "frequency"])
@pytest.mark.parametrize("selected", [None, "king"])
def test_every_frame_moves_every_point(words: WordMap, colour: str, selected: str | None) -> None:
    figure = word_figure(words, say, NAMES, colour, selected).checked()
    points = next(trace for trace in figure.data if trace.customdata is not None)
    assert np.allclose(points.x, words.projection.coordinates[:, 0], atol=1e-4)
    assert [word for (word,) in points.customdata] == list(words.words)
    for frame, run in zip(figure.frames, words.projection.frames, strict=True):
        assert frame.name == str(run.iteration)
        moved = dict(zip(frame.traces, frame.data, strict=True))
        drawn = moved[figure.data.index(points)]
        assert np.allclose(np.column_stack([numbers(drawn.x), numbers(drawn.y)]), run.coordinates, atol=1e-3)
        assert all(len(numbers(trace.x)) == len(figure.data[place].x) for place, trace in moved.items())
    assert [list(step.args[0]) for step in figure.layout.sliders[0].steps] == [[frame.name] for frame in figure.frames]


def test_links_lead_to_the_ten_nearest(words: WordMap) -> None:
    figure = word_figure(words, say, NAMES, selected="king").checked()
    ends = set()
    for trace in figure.data:
        if trace.mode == "lines":
            ends |= {
                (round(float(x), 3), round(float(y), 3)) for x, y in zip(trace.x[1::3], trace.y[1::3], strict=True)
            }
    near = [words.projection.coordinates[n.row] for n in words.neighbourhood("king")]
    assert ends == {(round(float(np.float32(x)), 3), round(float(np.float32(y)), 3)) for x, y in near}


def test_other_figures_and_tables(words: WordMap, toy: ToyMap) -> None:
    assert len(perplexity_figure(toy, 2.0, say).checked().data[0].x) == 60
    assert list(run_figure(words.projection, say, 3).checked().data[0].y) == [
        f.kl_divergence for f in words.projection.frames
    ]
    still = frame_figure(words.projection, word_marker(words, NAMES), 3).checked().data[0]
    assert np.allclose(still.x, words.projection.frames[3].coordinates[:, 0], atol=1e-3)
    assert all(sum(bar.y) == len(words.words) for bar in kept_figure(words.projection, say).checked().data)
    assert {len(toy_figure(toy, say, colour).checked().data) for colour in ("category", "trust")} == {2}
    assert len(word_rows(words, NAMES)) == len(words.words)
    assert len(toy_rows(toy)) == 60
    assert len(quality_table(words.projection, say)) == 4
    assert len(neighbour_table(words, "king", say, str)) == 11
    assert len(pair_table(words, ["king queen", "king moon"], say)) == 2
    assert len(toy_table(toy, say)) == 3


def options(name: str) -> list[str]:
    words = Words(lesson("embedding-map").words, "en")
    return list(words.resolve(words.node(f"options.{name}")))


def test_the_answer_about_a_word_is_what_the_map_kept(words: WordMap) -> None:
    question = word_question(words, "king", say, str)
    assert question is not None
    assert question.word == "orange"
    kept = sum(near.kept for near in words.neighbourhood("orange"))
    low, high = (int(end) for end in question.options[question.answer].split("–"))
    assert low <= kept <= high
    assert f"kept {kept} of the ten" in question.because


@pytest.mark.parametrize(
    ("name", "perplexity", "answer"), [("unequal", 30, 0), ("distances", 30, 1), ("chain", 30, 0), ("chain", 2, 2)]
)
def test_the_answer_about_a_toy_set_is_what_the_map_shows(name: str, perplexity: float, answer: int) -> None:
    question = toy_question(map_toy(name, perplexity=perplexity), say, options)
    assert question is not None
    assert question.answer == answer
    assert len(question.options) == 3


def test_every_toy_set_but_the_plain_one_has_a_question() -> None:
    asked = {name for name in TOY_SETS if toy_question(map_toy(name, 60, "pca"), say, options)}
    assert asked == set(TOY_SETS) - {"two"}


def test_a_share_is_not_rounded_up_to_perfect() -> None:
    assert [share(value) for value in (0, 0.123, 0.9951, 1)] == ["0.00", "0.12", "0.99", "1.00"]


def test_labels_do_not_overlap() -> None:
    rng = np.random.default_rng(0)
    points = rng.uniform(0, 400, size=(150, 2))
    labels = ["word", "词语", "a longer label"] * 50
    first = place_labels(points, labels, range(30), 13)
    rest = place_labels(points, labels, range(30, 150), 13, placed=first)
    assert len(first) > 5
    assert not set(first) & set(rest)
    assert text_width("词语", 13) == 26
    boxes = []
    for i, side in (first | rest).items():
        half = np.array([text_width(labels[i], 13) / 2 + 3, 13 * 0.62])
        towards = np.array(SIDES[side])
        centre = points[i] + towards * (half + 6 * (0.3 if towards.all() else 1))
        boxes.append(np.concatenate([centre - half, centre + half]))
        hidden = ((points > centre - half) & (points < centre + half)).all(axis=1)
        assert not hidden.any(), "a label covers a point"
    for a in range(len(boxes)):
        for b in range(a):
            left, right = boxes[a], boxes[b]
            assert not ((left[:2] < right[2:]).all() and (left[2:] > right[:2]).all())


# -- the code ----------------------------------------------------------------------------------------------------------


def run(program: str) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(program, "snippet", "exec"), {})
    return out.getvalue()


def test_the_code_prints_the_numbers_on_screen(glove: WordVectors) -> None:
    from nlpcore.models import load

    settings: dict[str, Any] = {"source": "list", "text": "cat dog king queen apple pear don't", "method": "pca"}
    printed = run(code("glove-6b-50d", settings, "queen"))
    trace = map_words(load("glove-6b-50d"), **settings)
    assert f"trustworthiness {trace.projection.quality.trustworthiness:.2f}" in printed
    for near in trace.neighbourhood("queen"):
        assert f"{near.word:14} cosine {near.cosine:.2f}  rank in the map {near.map_rank}" in printed


def test_the_code_of_a_toy_set_runs() -> None:
    settings: dict[str, Any] = {"name": "two", "count": 50, "perplexity": 10.0}
    quality = map_toy(**settings).projection.quality
    assert f"kNN recall {quality.knn_recall:.2f}" in run(code(None, settings))
