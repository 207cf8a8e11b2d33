"""What of the attention page waits for the answer, and which labels the figure has then."""

from __future__ import annotations

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from app.lessons import lesson
from app.words import Words
from nlpcore.attention import AttentionReading, read_attention
from nlpcore.models import load
from tests.pages.asking import give_up
from tests.pages.screen import figures, open_page, sound, text_of
from tests.pages.transformers.attention.test_questions import name_of

pytestmark = pytest.mark.models
MODEL = "minilm-l6"
TROPHY = "The trophy doesn't fit in the suitcase because it is too big."
LONG = (
    "The big trophy that my old uncle won in the spring of that year doesn't fit in the brown suitcase on the floor of "
    "the narrow hall because it is too small for such a thing."
)


def reading_of(text: str) -> AttentionReading:
    return read_attention(load(MODEL), text)


def opened(**query: object) -> AppTest:
    return sound(open_page("attention", {"lang": "en", **{name: str(value) for name, value in query.items()}}))


@pytest.mark.parametrize("panel", ["product", "values", "heads", "mistakes"])
def test_no_panel_tells_a_score_of_the_row_that_is_asked_about(panel: str) -> None:
    app = opened(panel=panel)
    before = len(figures(app))
    assert "gives the answer to the open question" in text_of(app) and before == 1
    trace = reading_of(TROPHY).vectors.trace(3, 1)
    scores = {f"{score:.2f}" for score in trace.scores[11]}
    assert not any(score in text_of(app) for score in scores)
    give_up(app)
    assert "gives the answer" not in text_of(app)
    if panel == "product":
        best = f"{trace.scores[11].max():.2f}"
        assert f"q\N{NO-BREAK SPACE}·\N{NO-BREAK SPACE}k = {best}" in text_of(app)
        assert any(note.get("text") == f"q · k = {best}" for note in figures(app)[-1]["layout"]["annotations"])


def test_the_product_of_another_row_may_be_seen() -> None:
    app = opened(panel="product")
    options = app.selectbox(key="token").options
    place = next(i for i, option in enumerate(options) if option.endswith("suitcase"))
    sound(app.selectbox(key="token").select_index(place).run())
    assert "gives the answer" not in text_of(app)
    trace = reading_of(TROPHY).vectors.trace(3, 1)
    assert f"·\N{NO-BREAK SPACE}k = {trace.scores[place].max():.2f}" in text_of(app) and len(figures(app)) == 2


def test_no_formula_is_given_for_a_row_that_is_asked_about() -> None:
    """What comes with the first answer stays when another model reads the same text: but not the numbers of its question."""
    app = give_up(opened())
    assert len(app.latex) == 2
    app.session_state["model"] = "minilm-l6-nli"
    sound(app.run())
    w = Words(lesson("attention").words, "en")
    assert any(caption.value == w("formula.hidden_until_guess") for caption in app.caption)
    assert not app.latex
    assert len(give_up(app).latex) == 2


@pytest.mark.parametrize("lecture", ["", "true"])
@pytest.mark.parametrize("text", [TROPHY, LONG, f"{LONG} {LONG}", f"{LONG} {LONG} {LONG}"])
def test_the_query_the_options_and_the_strongest_key_have_their_labels(text: str, lecture: str) -> None:
    app = opened(text=text, lecture=lecture)
    maps = reading_of(text).maps
    query = maps.tokens.index("it")
    offered = [option.strip("“”").replace("\\", "") for option in app.radio[0].options]
    names = [name_of(maps.tokens, i) for i in range(len(maps.tokens))]
    keys = {i for i, name in enumerate(names) if name in offered}
    assert len(keys) == len(offered) >= 3
    for _ in range(2):
        layout = figures(app)[0]["layout"]
        for axis, sure in (("xaxis", keys), ("yaxis", {query})):
            named = dict(zip(layout[axis]["tickvals"], layout[axis]["ticktext"], strict=True))
            assert sure <= set(named), (axis, sorted(named))
            assert all(named[i].removeprefix("<b>").removesuffix("</b>") == names[i] for i in sure)
            assert lecture or len(maps.tokens) > 40 or len(named) == len(maps.tokens), "there is room for every one"
        if app.radio and app.radio[0].key.startswith("_guess"):
            give_up(app)
    row = maps.weights[3, 1, query]
    assert int(np.argmax(row)) in figures(app)[0]["layout"]["xaxis"]["tickvals"]
