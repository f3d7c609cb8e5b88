"""A BERT encoder of sentences from its weights to int8 ONNX, without torch.

The graph is built operator by operator (Devlin et al., 2018; the sentence-transformers pooling of Reimers and Gurevych,
2019): embeddings, encoder layers, mean pooling over the attention mask, unit length. Only the matrix products are
quantised (dynamically, per channel); embeddings, layer norms and attention stay float32.

Inputs `input_ids` and `attention_mask`, int64 (n, t); output `sentence_embedding`, float32 (n, d), unit length.
"""

from __future__ import annotations

import json
import logging
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from safetensors import safe_open

from .cpu import exact_int8
from .errors import ConversionFailed

_Weights = dict[str, NDArray[np.float32]]


class _Graph:
    """Collects nodes and weights; every method returns the name of its output."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []

    def weight(self, name: str, value: NDArray[Any]) -> str:
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, op: str, inputs: list[str], name: str, *, domain: str = "", **attributes: Any) -> str:
        self.nodes.append(helper.make_node(op, inputs, [name], name=name, domain=domain, **attributes))
        return name

    def linear(self, inputs: str, name: str, weight: NDArray[np.float32], bias: NDArray[np.float32]) -> str:
        """`weight` is (out, in), as torch keeps it."""
        product = self.node("MatMul", [inputs, self.weight(f"{name}.weight", weight.T)], f"{name}/matmul")
        return self.node("Add", [product, self.weight(f"{name}.bias", bias)], f"{name}/add")

    def norm(self, inputs: str, name: str, weights: _Weights, epsilon: float) -> str:
        scale = self.weight(f"{name}.weight", weights[f"{name}.weight"])
        bias = self.weight(f"{name}.bias", weights[f"{name}.bias"])
        return self.node("LayerNormalization", [inputs, scale, bias], f"{name}/norm", axis=-1, epsilon=epsilon)


def convert(folder: Path, target: Path) -> None:
    """Write `target` (int8 ONNX) from the `model.safetensors` and `config.json` of `folder`.

    Raises:
        ConversionFailed: not a BERT encoder with GELU and absolute positions, or weights are missing.
    """
    config = json.loads((folder / "config.json").read_text("utf-8"))
    if config.get("model_type") != "bert" or config.get("hidden_act") != "gelu":
        raise ConversionFailed(
            f"{folder} holds a {config.get('model_type')!r} model, not a BERT encoder.",
            hint="Place a ready `model.onnx` beside its `tokenizer.json` instead.",
        )
    with safe_open(folder / "model.safetensors", framework="numpy") as file:
        weights: _Weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a dict
    try:
        model = _build(weights, config)
    except KeyError as error:
        raise ConversionFailed(
            f"{folder} lacks the weight {error}.", hint="Pull the model again: `ayllu models pull`."
        ) from error
    _quantise(model, target)


def _build(weights: _Weights, config: dict[str, Any]) -> onnx.ModelProto:
    graph, epsilon = _Graph(), float(config["layer_norm_eps"])
    hidden = _embeddings(graph, weights, epsilon)
    for index in range(config["num_hidden_layers"]):
        hidden = _layer(graph, weights, hidden, f"encoder.layer.{index}", config["num_attention_heads"], epsilon)
    _pool(graph, hidden)
    return helper.make_model(
        helper.make_graph(
            graph.nodes,
            "bert",
            [helper.make_tensor_value_info(name, TensorProto.INT64, ["n", "t"]) for name in ("input_ids", "attention_mask")],
            [helper.make_tensor_value_info("sentence_embedding", TensorProto.FLOAT, ["n", config["hidden_size"]])],
            graph.weights,
        ),
        opset_imports=[helper.make_opsetid("", 20), helper.make_opsetid("com.microsoft", 1)],
        ir_version=9,
    )


def _embeddings(graph: _Graph, weights: _Weights, epsilon: float) -> str:
    # one segment only, so its embedding is folded into the positions
    segment = weights["embeddings.token_type_embeddings.weight"][0]
    words = graph.weight("words", weights["embeddings.word_embeddings.weight"])
    places = graph.weight("places", weights["embeddings.position_embeddings.weight"] + segment)
    shape = graph.node("Shape", ["input_ids"], "length", start=1, end=2)
    zero = graph.weight("zero", np.zeros(1, np.int64))
    first = graph.node("Slice", [places, zero, shape, zero], "positions")
    token = graph.node("Gather", [words, "input_ids"], "tokens")
    embedded = graph.node("Add", [token, first], "embedded")
    return graph.norm(embedded, "embeddings.LayerNorm", weights, epsilon)


def _layer(graph: _Graph, weights: _Weights, hidden: str, name: str, heads: int, epsilon: float) -> str:
    parts = [f"{name}.attention.self.{part}" for part in ("query", "key", "value")]
    joined = graph.linear(
        hidden,
        f"{name}.attention.self",
        np.concatenate([weights[f"{part}.weight"] for part in parts]),
        np.concatenate([weights[f"{part}.bias"] for part in parts]),
    )
    graph.nodes.append(helper.make_node("Split", [joined], parts, name=f"{name}.split", axis=-1, num_outputs=3))
    if not any(node.output[0] == "mask" for node in graph.nodes):
        graph.node("Cast", ["attention_mask"], "mask", to=TensorProto.INT32)
    attended = graph.node(
        "MultiHeadAttention",
        [*parts, "", "mask"],
        f"{name}.attended",
        domain="com.microsoft",
        num_heads=heads,
    )
    out = f"{name}.attention.output"
    dense = graph.linear(attended, f"{out}.dense", weights[f"{out}.dense.weight"], weights[f"{out}.dense.bias"])
    hidden = graph.norm(graph.node("Add", [dense, hidden], f"{out}/sum"), f"{out}.LayerNorm", weights, epsilon)
    middle, out = f"{name}.intermediate.dense", f"{name}.output"
    wide = graph.linear(hidden, middle, weights[f"{middle}.weight"], weights[f"{middle}.bias"])
    wide = graph.node("Gelu", [wide], f"{middle}/gelu")
    dense = graph.linear(wide, f"{out}.dense", weights[f"{out}.dense.weight"], weights[f"{out}.dense.bias"])
    return graph.norm(graph.node("Add", [dense, hidden], f"{out}/sum"), f"{out}.LayerNorm", weights, epsilon)


def _pool(graph: _Graph, hidden: str) -> None:
    mask = graph.node("Cast", ["attention_mask"], "float_mask", to=TensorProto.FLOAT)
    axis = graph.weight("last_axis", np.array([2], np.int64))
    tokens = graph.weight("token_axis", np.array([1], np.int64))
    kept = graph.node("Mul", [hidden, graph.node("Unsqueeze", [mask, axis], "wide_mask")], "kept")
    # unit length makes the mean's divisor cancel out
    total = graph.node("ReduceSum", [kept, tokens], "total", keepdims=0)
    graph.node("LpNormalization", [total], "sentence_embedding", axis=-1, p=2)


def _no_advice(record: logging.LogRecord) -> bool:
    """The quantiser advises, on the root logger, a preparation that this graph does not need."""
    return "pre-processing before quantization" not in record.getMessage()


def _quantise(model: onnx.ModelProto, target: Path) -> None:
    from onnxruntime.quantization import QuantType, quantize_dynamic

    logging.getLogger().addFilter(_no_advice)
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        plain = Path(scratch) / "float.onnx"
        onnx.save(model, str(plain))
        quantize_dynamic(
            plain,
            target,
            per_channel=True,
            # without VNNI the products are summed in saturating 16 bits: 7-bit weights keep them from overflowing
            reduce_range=not exact_int8(),
            weight_type=QuantType.QInt8,
            op_types_to_quantize=["MatMul"],
            extra_options={"DefaultTensorType": TensorProto.FLOAT},
        )
