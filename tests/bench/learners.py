"""What a learner does in each lesson, and whether the answers are right.

Each script is a coroutine that acts on a :class:`~tests.bench.protocol.Tab`, pauses to think between actions, and raises
:class:`WrongAnswer` where the screen does not say what it must. What it must say is known beforehand (a capital, a name)
or follows from what was typed (the words of a sentence), never from ``nlpcore``. Sentences are drawn anew from a seed, so
that most of what is asked has not been asked before: a class that only met cached answers would prove little.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any

import numpy as np

from tests.bench.protocol import Tab

Think = Callable[[], Awaitable[None]]
Script = Callable[[Tab, Random, Think], Awaitable[None]]

# For each pair of these countries GloVe 6B 50d finds the capital.
CAPITALS = {
    "france": "paris", "russia": "moscow", "poland": "warsaw", "cuba": "havana", "egypt": "cairo", "iran": "tehran",
}  # fmt: skip
PEOPLE = ["David", "Sarah", "Michael", "Laura", "Thomas", "Robert", "Daniel", "Peter", "Maria", "Anna"]
FAMILIES = ["Jones", "Miller", "Brown", "Smith", "Johnson", "Williams", "Davis", "Wilson"]
CITIES = ["London", "Berlin", "Moscow", "Vienna", "Chicago", "Boston", "Toronto", "Sydney", "Paris", "Tokyo"]
SUBJECTS = ["teacher", "doctor", "dog", "child", "river", "writer", "king", "student", "driver", "woman"]
VERBS = ["saw", "lost", "found", "liked", "watched", "took", "left", "read", "sold", "wrote"]
OBJECTS = ["book", "house", "film", "letter", "road", "game", "bridge", "train", "song", "picture"]
FEELINGS = ["boring", "brilliant", "dull", "moving", "slow", "funny", "weak", "strong", "bad", "good"]
PERPLEXITIES = (5, 10, 15, 20, 30, 40, 50)


class WrongAnswer(AssertionError):  # noqa: N818 - what was wrong, not which error
    """The screen does not say what it must."""


def check(right: bool, what: str) -> None:
    """Raise WrongAnswer unless ``right``."""
    if not right:
        raise WrongAnswer(what)


def numbers(value: Any) -> np.ndarray[Any, Any]:
    """Return an array of a Plotly figure, which may be packed: ``{"dtype": "f8", "bdata": base64, "shape": "3, 4"}``."""
    if not isinstance(value, dict):
        return np.asarray(value)
    array = np.frombuffer(base64.b64decode(value["bdata"]), dtype=value["dtype"])
    return array.reshape([int(n) for n in str(value["shape"]).split(",")]) if "shape" in value else array


def sentence(rng: Random) -> list[str]:
    """Draw a sentence of common words, each of which is one word piece for the encoders here."""
    return [
        "the",
        rng.choice(SUBJECTS),
        rng.choice(VERBS),
        "the",
        rng.choice(OBJECTS),
        "of",
        "the",
        rng.choice(SUBJECTS),
    ]


async def analogies(tab: Tab, rng: Random, think: Think) -> None:
    """Type the capital of another country into the sum, look at its terms, switch the trick off."""
    for _ in range(2):
        known, asked = rng.sample(sorted(CAPITALS), 2)
        for key, word in zip(
            ("a", "b", "c", "expected"), (CAPITALS[known], known, asked, CAPITALS[asked]), strict=True
        ):
            await tab.set(key, word)
            await think()
        bars = [trace for trace in tab.figure("answers")["data"] if trace["type"] == "bar"]
        words = [str(word) for bar in bars for word in numbers(bar["y"])]
        check(len(words) in (10, 11), f"{len(words)} answers, not ten and perhaps the hoped-for word")
        first = _highest(bars)
        check(first == CAPITALS[asked], f"{CAPITALS[known]} - {known} + {asked} gave {first}")
        check("place 1" in tab.text(), "the verdict does not say that the capital comes first")
    await tab.choose("panel", rng.choice((0, 1, 2)))
    await think()
    await tab.set("strike", False)
    await think()
    check(not tab.has("_show_analogies.nearest"), "with the trick off there is nothing to predict")


def _highest(bars: list[dict[str, Any]]) -> str:
    """Return the word of the longest bar."""
    pairs = [(float(x), str(y)) for bar in bars for x, y in zip(numbers(bar["x"]), numbers(bar["y"]), strict=True)]
    return max(pairs)[1].split("\u00a0")[0].split("  ")[0]


async def embedding_map(tab: Tab, rng: Random, think: Think) -> None:
    """Move the perplexity, change the method and the colour, look a word up."""
    await tab.set("perplexity", rng.choice(PERPLEXITIES))
    _check_map(tab)
    await think()
    await tab.choose("colour", rng.choice((1, 2)))
    _check_map(tab)
    await think()
    word = rng.choice(tab.options("word"))
    await tab.set("word", word)
    check(f"**{word}**" in tab.text() or f"*{word}*" in tab.text(), f"the neighbours of {word} are not listed")
    await think()
    await tab.choose("method", 1)
    _check_map(tab)
    check(r"\lambda" in tab.text(), "PCA shows no eigenvalues")
    await think()
    await tab.choose("method", 0)
    _check_map(tab)
    check(r"\mathrm{KL}" in tab.text(), "t-SNE shows no divergence")
    await think()


def _check_map(tab: Tab) -> None:
    """A map has a point for each word, finite coordinates, and measures between 0 and 1."""
    points = [trace for trace in tab.figure("map")["data"] if len(trace.get("customdata", ())) > 100]
    check(len(points) == 1, "the map has no points")
    x, y = numbers(points[0]["x"]), numbers(points[0]["y"])
    check(len(x) == len(y) == len(points[0]["customdata"]), "points and words differ in number")
    check(bool(np.isfinite(x).all() and np.isfinite(y).all() and x.std() > 0), "the points lie in one place")
    trust = [float(number) for number in re.findall(r"\*\*([01]\.\d\d)\*\*", tab.text())]
    check(bool(trust) and max(trust) <= 1, "no trustworthiness between 0 and 1")


async def lstm_gates(tab: Tab, rng: Random, think: Think) -> None:
    """Type a review, step through it by button and by slider, choose a gate."""
    words = ["the", rng.choice(OBJECTS), "was", rng.choice(FEELINGS), "but", "the", rng.choice(OBJECTS), "was",
             rng.choice(FEELINGS)]  # fmt: skip
    await tab.set("text", " ".join(words))
    await think()
    for _ in range(3):
        step, count = _step(tab)
        check(count == len(words), f"{count} tokens for {len(words)} words")
        check(f"**{words[step - 1]}**" in _caption(tab), f"step {step} does not name {words[step - 1]}")
        forward = step < count
        await tab.click("_step_chevron_right" if forward else "_step_first_page")
        check(_step(tab)[0] == (step + 1 if forward else 1), "the step did not move")
        await think()
    target = rng.randrange(1, len(words) + 1)
    await tab.set("step", target)
    check(f"**{words[target - 1]}**" in _caption(tab), f"step {target} does not name {words[target - 1]}")
    await think()
    await tab.choose("quantity", rng.randrange(1, 7))
    maps = [trace for trace in tab.figure("reading")["data"] if trace["type"] == "heatmap"]
    check(len(maps) == 1, f"{len(maps)} heatmaps where one quantity was chosen")
    values = numbers(maps[0]["z"])
    check(values.shape[1] == len(words), f"the heatmap has {values.shape[1]} columns for {len(words)} words")
    await think()


def _caption(tab: Tab) -> str:
    found = [m.body for m in tab.elements("markdown") if m.body.startswith("Step **")]
    check(len(found) == 1, "the player has no caption")
    return str(found[0])


def _step(tab: Tab) -> tuple[int, int]:
    found = re.match(r"Step \*\*(\d+)\*\* of (\d+)", _caption(tab))
    check(found is not None, "the player does not say which step it shows")
    assert found is not None
    return int(found[1]), int(found[2])


async def attention(tab: Tab, rng: Random, think: Think) -> None:
    """Type a sentence, move layer and head, average and roll out, answer the question."""
    words = sentence(rng)
    await tab.set("text", " ".join(words))
    await think()
    for key, most in (("layer", 6), ("head", 12), ("head", 12)):
        await tab.set(key, rng.randrange(1, most + 1))
        _check_rows(tab, len(words) + 2)
        await think()
    await tab.choose("view", rng.choice((1, 2)))
    _check_rows(tab, len(words) + 2)
    await think()
    await tab.click("_show_attention.peak")
    check(not tab.has("_show_attention.peak"), "the answer to the prediction is not shown")
    await think()


def _check_rows(tab: Tab, count: int) -> None:
    """The map has one row and one column for each token, and every row is a distribution."""
    heat = next(trace for trace in tab.figure("map")["data"] if trace["type"] == "heatmap")
    weights = numbers(heat["z"]).astype(float)
    check(weights.shape == (count, count), f"{weights.shape} weights for {count} tokens")
    whole = weights[np.isfinite(weights).all(axis=1)]  # the row that is asked about may be blank
    check(len(whole) >= count - 1, "more than one row is blank")
    check(bool(np.abs(whole.sum(axis=1) - 1).max() < 0.02), "a row of weights does not sum to 1")


async def masked_language_model(tab: Tab, rng: Random, think: Think) -> None:
    """Type a sentence, mask a word, then two, ask for more candidates."""
    words = sentence(rng)
    await tab.set("text", " ".join(words))
    await think()
    places = rng.sample(range(len(words)), 2)
    for masked in (places[:1], places):
        await tab.set("masked", [tab.options("masked")[place] for place in masked])
        _check_fill(tab, words, masked)
        await think()
    await tab.set("k", 15)
    _check_fill(tab, words, places, 15)
    await think()


def _check_fill(tab: Tab, words: list[str], masked: list[int], k: int | None = None) -> None:
    """Everything but the masks stays as typed; candidates have probabilities that sum to less than 1."""
    line = next((m.body for m in tab.elements("markdown") if m.body.startswith("Filled in:")), "")
    plain = re.sub(r":\w+-background\[\*\*(.*?)\*\*\]", r"\1", line.removeprefix("Filled in:")).split()
    check(len(plain) == len(words), f"{len(plain)} words filled in for {len(words)}: {line}")
    kept = [place for place in range(len(words)) if place not in masked]
    check(all(plain[place] == words[place] for place in kept), f"words that were not masked have changed: {line}")
    bars = [trace for trace in tab.figure("fill")["data"] if trace["type"] == "bar"]
    values = np.concatenate([numbers(bar["x"]).astype(float) for bar in bars])
    check(bool(len(values) and (values >= 0).all() and (values <= 1).all()), "a probability is not between 0 and 1")
    if k is not None:
        check(len(values) >= k * len(masked), f"{len(values)} candidates for {len(masked)} masks of {k}")


async def bio_tagging(tab: Tab, rng: Random, think: Think) -> None:
    """Type a sentence about somebody in some town, change the decoding, tag it oneself."""
    await tab.choose("view", 1)
    await think()
    for _ in range(2):
        person, city = f"{rng.choice(PEOPLE)} {rng.choice(FAMILIES)}", rng.choice(CITIES)
        await tab.set("text", f"{person} met a {rng.choice(SUBJECTS)} in {city} .")
        page = "\n".join(html.body for html in tab.elements("html"))
        check(re.search(rf"{person}.{{0,400}}?PER", page, re.S) is not None, f"{person} is no person")
        check(re.search(rf"{city}.{{0,400}}?LOC", page, re.S) is not None, f"{city} is no place")
        check(len(tab.figure("grid")["data"]) > 0, "the grid of probabilities is empty")
        await think()
    await tab.choose("decoding", 1)
    check(tab.widget("piece").options[0] != "", "no piece can be chosen")
    await think()


SCRIPTS: dict[str, Script] = {
    "embedding-map": embedding_map,
    "analogies": analogies,
    "lstm-gates": lstm_gates,
    "attention": attention,
    "masked-language-model": masked_language_model,
    "bio-tagging": bio_tagging,
}
