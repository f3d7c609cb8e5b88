"""The conversion of a BERT encoder, against the same arithmetic written out in numpy."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from ayllu.models.bert_onnx import convert
from ayllu.models.errors import ConversionFailed
from numpy.typing import NDArray
from safetensors.numpy import save_file

CONFIG = {
    "model_type": "bert",
    "hidden_act": "gelu",
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "layer_norm_eps": 1e-12,
}


def random_bert(folder: Path) -> dict[str, NDArray[np.float32]]:
    random, d, wide = np.random.default_rng(0), 32, 64
    shapes = {
        "embeddings.word_embeddings.weight": (50, d),
        "embeddings.position_embeddings.weight": (16, d),
        "embeddings.token_type_embeddings.weight": (2, d),
        "embeddings.LayerNorm.weight": (d,),
        "embeddings.LayerNorm.bias": (d,),
    }
    for index in range(2):
        layer = f"encoder.layer.{index}"
        for part in ("self.query", "self.key", "self.value", "output.dense"):
            shapes[f"{layer}.attention.{part}.weight"] = (d, d)
            shapes[f"{layer}.attention.{part}.bias"] = (d,)
        shapes[f"{layer}.intermediate.dense.weight"], shapes[f"{layer}.intermediate.dense.bias"] = (wide, d), (wide,)
        shapes[f"{layer}.output.dense.weight"], shapes[f"{layer}.output.dense.bias"] = (d, wide), (d,)
        for norm in ("attention.output.LayerNorm", "output.LayerNorm"):
            shapes[f"{layer}.{norm}.weight"], shapes[f"{layer}.{norm}.bias"] = (d,), (d,)
    weights = {name: random.normal(0, 0.3, shape).astype(np.float32) for name, shape in shapes.items()}
    save_file(weights, folder / "model.safetensors")
    (folder / "config.json").write_text(json.dumps(CONFIG))
    return weights


def reference(w: dict[str, NDArray[np.float32]], ids: list[int]) -> NDArray[np.float32]:
    def linear(x: NDArray[np.float32], name: str) -> NDArray[np.float32]:
        return x @ w[f"{name}.weight"].T + w[f"{name}.bias"]

    def norm(x: NDArray[np.float32], name: str) -> NDArray[np.float32]:
        centred = x - x.mean(-1, keepdims=True)
        return centred / np.sqrt((centred**2).mean(-1, keepdims=True)) * w[f"{name}.weight"] + w[f"{name}.bias"]

    def heads(x: NDArray[np.float32]) -> NDArray[np.float32]:
        return x.reshape(len(ids), 4, 8).transpose(1, 0, 2)

    x = w["embeddings.word_embeddings.weight"][ids] + w["embeddings.position_embeddings.weight"][: len(ids)]
    x = norm(x + w["embeddings.token_type_embeddings.weight"][0], "embeddings.LayerNorm")
    for index in range(2):
        layer = f"encoder.layer.{index}"
        q, k, v = (heads(linear(x, f"{layer}.attention.self.{part}")) for part in ("query", "key", "value"))
        scores = np.exp(q @ k.transpose(0, 2, 1) / math.sqrt(8))
        mixed = (scores / scores.sum(-1, keepdims=True) @ v).transpose(1, 0, 2).reshape(len(ids), 32)
        x = norm(linear(mixed, f"{layer}.attention.output.dense") + x, f"{layer}.attention.output.LayerNorm")
        wide = linear(x, f"{layer}.intermediate.dense")
        wide = wide * 0.5 * (1 + np.vectorize(math.erf)(wide / math.sqrt(2)))
        x = norm(linear(wide, f"{layer}.output.dense") + x, f"{layer}.output.LayerNorm")
    mean = x.mean(0)
    return mean / np.linalg.norm(mean)


def test_the_converted_encoder_computes_what_bert_computes_and_padding_changes_nothing(tmp_path: Path) -> None:
    from onnxruntime import InferenceSession

    weights = random_bert(tmp_path)
    convert(tmp_path, tmp_path / "model.onnx")
    session = InferenceSession(tmp_path / "model.onnx", providers=["CPUExecutionProvider"])
    ids, mask = np.zeros((2, 6), np.int64), np.zeros((2, 6), np.int64)
    texts = [[1, 7, 9, 3], [5, 4, 3, 2, 1, 6]]
    for row, text in enumerate(texts):
        ids[row, : len(text)], mask[row, : len(text)] = text, 1
    rows = session.run(["sentence_embedding"], {"input_ids": ids, "attention_mask": mask})[0]
    for row, text in zip(rows, texts, strict=True):
        assert np.linalg.norm(row) == pytest.approx(1, abs=1e-5)
        assert float(row @ reference(weights, text)) > 0.98


def test_another_architecture_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "gpt2"}))
    with pytest.raises(ConversionFailed, match="gpt2"):
        convert(tmp_path, tmp_path / "model.onnx")
