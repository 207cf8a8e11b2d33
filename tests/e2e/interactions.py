"""What a learner does in each lesson, and whether what comes of it is right: an independent computation, or a fact.

``INTERACTIONS``: lesson id -> function(page, url) that opens the lesson, acts, and checks. A new lesson needs an entry.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from app.lessons import lesson
from app.words import Words
from tests.e2e import references
from tests.e2e.browser import figures, numbers, on_screen, settle

PATIENCE = 60_000


def words(lesson_id: str) -> Words:
    return Words(lesson(lesson_id).words, "en")


def type_into(page: Page, name: str, text: str) -> None:
    field = page.get_by_role("textbox", name=name, exact=True)
    field.fill(text)
    field.press("Enter")


def choose(page: Page, name: str, option: str) -> None:
    """Choose an option of a select box by typing it."""
    box = page.get_by_role("combobox", name=name, exact=True)
    box.click()
    box.fill(option)
    page.get_by_role("option", name=option).first.click()


def slide(page: Page, name: str, value: int) -> None:
    """Move a slider with the arrow keys."""
    slider = page.locator(f"input[type=range][aria-label='{name}']")
    slider.focus()
    while (here := int(slider.input_value())) != value:
        slider.press("ArrowRight" if here < value else "ArrowLeft")


def embedding_map(page: Page, url: str) -> None:
    """A click on a word lists its ten nearest of the map in the original space: gensim's."""
    page.goto(f"{url}/embedding-map?lang=en&method=pca&categories=animals~fruit~numbers")
    settle(page)
    trace = next(t for t in figures(page)["map"] if t.get("customdata") and t.get("hovertext"))
    shown, places = [row[0] for row in trace["customdata"]], np.column_stack([numbers(trace["x"]), numbers(trace["y"])])
    gaps = np.linalg.norm(places[:, None] - places[None], axis=-1) + np.diag(np.full(len(places), np.inf))
    lonely = int(gaps.min(axis=1).argmax())  # no other word is so near that it could be hit instead
    word = shown[lonely]
    x, y = on_screen(page, "map", *places[lonely])
    page.mouse.move(x, y)
    page.wait_for_timeout(300)
    page.mouse.click(x, y)

    table = page.locator("[data-testid=stMain] table", has_text=words("embedding-map")("neighbours.word"))
    expect(table.locator("tbody tr")).to_have_count(10, timeout=PATIENCE)
    rows = [row.locator("td").all_inner_texts() for row in table.locator("tbody tr").all()]
    listed = [(re.sub(r"^\W+", "", name), float(cosine)) for name, cosine, *_ in rows]
    expected = references.nearest_among(shown, word, 10)
    assert [name for name, _ in listed] == [name for name, _ in expected]
    assert [cosine for _, cosine in listed] == pytest.approx([cosine for _, cosine in expected], abs=0.0051)
    assert f"word={word}" in page.url


def analogies(page: Page, url: str) -> None:
    """Berlin is to Germany as Paris is to France, and the ten candidates are those of a sum in NumPy."""
    page.goto(f"{url}/analogies?lang=en")
    settle(page)
    w = words("analogies")
    for name, word in {"a": "berlin", "b": "germany", "c": "france", "expected": "paris"}.items():
        type_into(page, w(f"controls.{name}"), word)
    expect(page.locator(".st-key-figure_answers .ytick", has_text="paris")).to_be_visible(timeout=PATIENCE)
    settle(page)
    names = (w("chart.answer"), w("chart.expected"))
    bars = [
        pair
        for t in figures(page)["answers"]
        if t["name"] in names
        for pair in zip(t["y"], numbers(t["x"]), strict=True)
    ]
    listed = sorted(((label.split()[0], cosine) for label, cosine in bars), key=lambda bar: -bar[1])
    expected = references.analogy("berlin", "germany", "france", 10)
    assert expected[0][0] == "paris"
    assert [word for word, _ in listed] == [word for word, _ in expected]
    assert [cosine for _, cosine in listed] == pytest.approx([cosine for _, cosine in expected], abs=1e-4)


def lstm_gates(page: Page, url: str) -> None:
    """With the keyboard alone, from the first word to the last: each probability is that of torch.nn.LSTM."""
    tokens = ["the", "plot", "was", "dull", "but", "the", "acting", "was", "superb"]
    page.goto(f"{url}/lstm-gates?lang=en&step=3&text={quote(' '.join(tokens))}")
    settle(page)
    w, expected = words("lstm-gates"), references.positive_after_each(tokens)
    assert max(expected) - min(expected) > 0.2, "the example is to move it"
    page.keyboard.press("Home")
    for n, (token, probability) in enumerate(zip(tokens, expected, strict=True)):
        if n:
            page.keyboard.press("ArrowRight")
        expect(page.get_by_text(f"Step {n + 1} of {len(tokens)}")).to_be_visible(timeout=PATIENCE)
        text = w("now.first" if n == 0 else "now.later", token=token, after=f"{probability:.2f}", before="…")
        beginning = text.replace("*", "").split("(before")[0].strip()
        expect(page.get_by_text(beginning).first).to_be_visible(timeout=PATIENCE)
    assert page.url.endswith(f"step={len(tokens)}") or f"step={len(tokens)}&" in page.url


def attention(page: Page, url: str) -> None:
    """Another layer, head and query: the heatmap is transformers' own, and so is the number under the pointer."""
    text = "The trophy doesn't fit in the suitcase because it is too big."
    page.goto(f"{url}/attention?lang=en")
    settle(page)
    w = words("attention")
    tokens, expected = references.attentions(text)
    query = tokens.index("suitcase")
    slide(page, w("controls.layer"), 2)
    settle(page)
    slide(page, w("controls.head"), 7)
    settle(page)
    choose(page, w("controls.query"), f"{query} · suitcase")
    settle(page)
    page.wait_for_function("() => location.search.includes('layer=2') && location.search.includes('head=7')")
    drawn = figures(page)["map"]
    np.testing.assert_allclose(numbers(drawn[0]["z"]), expected[1, 6], atol=2e-6)
    np.testing.assert_allclose(numbers(drawn[1]["y"]), expected[1, 6, query], atol=2e-6)
    key = int(expected[1, 6, query].argmax())
    page.mouse.move(*on_screen(page, "map", key, query))
    label = page.locator(".st-key-figure_map .hoverlayer")
    expect(label).to_contain_text(f"suitcase → {tokens[key]}: {expected[1, 6, query, key]:.2f}", timeout=PATIENCE)


def masked_language_model(page: Page, url: str) -> None:
    """A click on a word masks it: the eight likeliest words are those of the softmax in transformers."""
    page.goto(f"{url}/masked-language-model?lang=en")
    settle(page)
    type_into(page, words("masked-language-model")("controls.text"), "She went to the bank to get some money.")
    settle(page)
    page.get_by_role("button", name="money", exact=True).click()
    settle(page)
    check_fill(page, references.likeliest("She went to the bank to get some [MASK].", 8))

    page.goto(f"{url}/masked-language-model?lang=zh")  # a Chinese text is read by the Chinese model
    settle(page)
    check_fill(page, references.likeliest("北[MASK]是中国的首都。", 8, "bert-mini-zh"))
    type_into(page, Words(lesson("masked-language-model").words, "zh")("controls.text"), "我昨天去医院看病。")
    settle(page)
    page.get_by_role("button", name="病", exact=True).click()
    settle(page)
    check_fill(page, references.likeliest("我昨天去医院看[MASK]。", 8, "bert-mini-zh"))


def check_fill(page: Page, expected: list[tuple[str, float]]) -> None:
    """The bars are the expected words with their probabilities, the likeliest first."""
    bars = [t for t in figures(page)["fill"] if t["type"] == "bar"]
    listed = sorted(
        ((t["customdata"][i][0], x) for t in bars for i, x in enumerate(numbers(t["x"]))), key=lambda b: -b[1]
    )
    assert [word for word, _ in listed[: len(expected)]] == [word for word, _ in expected]
    assert [p for _, p in listed[: len(expected)]] == pytest.approx([p for _, p in expected], rel=1e-3)


def bio_tagging(page: Page, url: str) -> None:
    """A sentence of one's own, in English as seqeval reads the model's tags, and in Chinese with names that anyone knows."""
    w = words("bio-tagging")
    sentence = "Angela Merkel met Tim Cook of Apple in Berlin ."
    page.goto(f"{url}/bio-tagging?lang=en&view=own")
    settle(page)
    type_into(page, w("controls.text"), sentence)
    expect(page.locator(".st-key-stage mark", has_text="Merkel").first).to_be_visible(timeout=PATIENCE)
    settle(page)
    assert marked(page) == references.entities(sentence.split())
    assert {("Angela Merkel", "PER"), ("Berlin", "LOC")} <= set(marked(page))

    page.goto(f"{url}/bio-tagging?lang=zh&view=chinese")
    settle(page)
    type_into(page, Words(lesson("bio-tagging").words, "zh")("controls.chinese"), "李明在北京大学学习数学。")
    expect(page.locator(".st-key-stage mark", has_text="李明").first).to_be_visible(timeout=PATIENCE)
    settle(page)
    assert {("李明", "PER"), ("北京大学", "ORG")} <= set(marked(page))


def marked(page: Page) -> list[tuple[str, str]]:
    """Return (text, type) of what the model has marked in the figure; what the rules found has a dashed border."""
    marks = [mark.inner_text().split("\xa0") for mark in page.locator(".st-key-stage mark:not([style*=dashed])").all()]
    return [(text, chip.split()[0]) for text, chip in marks]


INTERACTIONS: dict[str, Callable[[Page, str], None]] = {
    "embedding-map": embedding_map,
    "analogies": analogies,
    "lstm-gates": lstm_gates,
    "attention": attention,
    "masked-language-model": masked_language_model,
    "bio-tagging": bio_tagging,
}
