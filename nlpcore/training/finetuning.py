"""What every model has in common that is tuned on the encoder minilm-l6: what is trained, and how it is kept.

Four methods, from the fewest trained parameters to the most:

* ``frozen``: only the new head learns; the encoder is read as it is.
* ``lora``: low-rank updates of every matrix of the encoder's layers (Hu et al. 2021, arXiv 2106.09685).
* ``top``: the last two layers and the head.
* ``full``: all layers. The embeddings stay frozen with every method: half of all parameters, shared by all models.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from nlpcore.models.adapters import DOWN, UP, merged
from nlpcore.training.bundle import load_weights, read_json, save_weights, source, write_json
from nlpcore.training.loop import adamw

METHODS = ("frozen", "lora", "top", "full")
MATRICES = r"bert\.encoder\..*(query|key|value|dense)"  # every linear map of the encoder's layers
TOP_LAYERS = 2
BASE = "minilm-l6"
SEGMENTS = "embeddings.token_type_embeddings.weight"
HEADS = ("classifier", "qa_outputs", "pooler")


def is_new(name: str) -> bool:
    """Whether a parameter belongs to the head or to a low-rank update; the others come from the encoder."""
    return "lora_" in name or any(head in name for head in HEADS)


def with_lora(model: nn.Module, rank: int, scale: int = 2) -> nn.Module:
    """Return ``model`` with low-rank updates beside every matrix of its layers; all else is frozen.

    ``scale``: lora_alpha / r, by which an update counts.
    """
    from peft import LoraConfig, get_peft_model

    adapter = LoraConfig(r=rank, lora_alpha=scale * rank, target_modules=MATRICES)
    return get_peft_model(model, adapter)  # type: ignore[arg-type, no-any-return]


def build(network: str, encoder: Path, *, dropout: float, seed: int, **config: Any) -> nn.Module:
    """Return a network of transformers, such as "BertForQuestionAnswering", on the encoder's weights; its head is new.

    Where ``config`` asks for another number of segments (``type_vocab_size``), each begins as the encoder's first one.
    """
    import transformers

    torch.manual_seed(seed)
    settings = transformers.BertConfig.from_pretrained(
        encoder,
        hidden_dropout_prob=dropout,
        attention_probs_dropout_prob=dropout,
        attn_implementation="eager",
        **config,
    )
    settings.update(config)  # settings that transformers does not know are not taken above
    settings.architectures = [network]
    model = getattr(transformers, network)(settings)
    pooled = model.bert.pooler is not None
    bert = transformers.BertModel.from_pretrained(encoder, add_pooling_layer=pooled)
    weights = bert.state_dict()
    if "type_vocab_size" in config:
        weights[SEGMENTS] = weights[SEGMENTS][:1].repeat(settings.type_vocab_size, 1)
    model.bert.load_state_dict(weights)
    return model  # type: ignore[no-any-return]


def tuned(model: nn.Module, method: str, rank: int) -> nn.Module:
    """Return the model in which exactly those parameters are trained that ``method``, one of METHODS, names."""
    if method == "lora":
        model = with_lora(model, rank)
    top = tuple(f"encoder.layer.{number}." for number in range(6 - TOP_LAYERS, 6))
    for name, parameter in model.named_parameters():
        layer = method == "full" and "encoder.layer." in name
        layer = layer or (method == "top" and any(part in name for part in top))
        parameter.requires_grad_(is_new(name) or layer)
    return model


def optimiser(model: nn.Module, encoder_rate: float, head_rate: float, weight_decay: float) -> torch.optim.AdamW:
    """AdamW with one rate for what comes from the encoder and one for what is new."""
    named = [(name, parameter) for name, parameter in model.named_parameters() if parameter.requires_grad]
    old = [parameter for name, parameter in named if not is_new(name)]
    new = [parameter for name, parameter in named if is_new(name)]
    return adamw([(old, encoder_rate), (new, head_rate)], weight_decay)


def trained_count(model: nn.Module) -> int:
    """Return how many parameters are trained."""
    return sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)


def own_tensors(model: nn.Module) -> dict[str, Tensor]:
    """Return what was trained, by the names that :func:`nlpcore.models.adapters.merged` understands."""
    trained = {name for name, parameter in model.named_parameters() if parameter.requires_grad}
    tensors = {}
    for name, value in model.state_dict().items():
        if name in trained:
            tensors[plain_name(name)] = value
    return tensors


def plain_name(name: str) -> str:
    """Return a parameter's name without what PEFT puts into it in memory: as it is written to a file."""
    return name.removeprefix("base_model.model.").replace(".base_layer", "").replace(".default", "")


def write_bundle(model: nn.Module, bundle: Path, rank: int, **config: Any) -> None:
    """Write what was trained and the configuration, which names the encoder as ``base``; ``config`` is added to it."""
    tensors = own_tensors(model)
    save_weights(bundle, tensors)
    network: Any = model.get_base_model() if hasattr(model, "get_base_model") else model  # type: ignore[operator]
    content = network.config.to_diff_dict() | {"base": BASE} | config
    if any(name.endswith((DOWN, UP)) for name in tensors):
        content["adapter"] = {"r": rank, "lora_alpha": 2 * rank}
    write_json(bundle / "config.json", content)


def encoder_source(encoder: Path) -> dict[str, Any]:
    """Describe the encoder for the card."""
    return source("minilm-l6, the encoder it starts from", encoder / "model.safetensors", "Apache-2.0", {"layers": 6})


def load_bundle(bundle: Path, encoder: Path) -> nn.Module:
    """Return the bundled network with all else taken from ``encoder``, in evaluation mode; ValueError if they do not fit."""
    import transformers

    config = read_json(bundle / "config.json")
    settings = transformers.BertConfig(**config, attn_implementation="eager")
    model = getattr(transformers, config["architectures"][0])(settings)
    weights = merged(load_weights(bundle), load_weights(encoder), "bert.", config)
    missing, unexpected = model.load_state_dict(weights, strict=False)
    unexpected = [name for name in unexpected if "pooler" not in name and "position_ids" not in name]
    if missing or unexpected:
        raise ValueError(f"weights do not fit: {missing} missing, {unexpected} unexpected")
    return model.eval()  # type: ignore[no-any-return]
