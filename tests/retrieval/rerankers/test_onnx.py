"""Cross-encoders by ONNX Runtime: a tiny one stands in, which counts the weights of the passage's words."""

import hashlib
import json
from pathlib import Path

import numpy as np
import onnx
import pytest
from ayllu.errors import ConfigError
from ayllu.models import ModelStore
from ayllu.retrieval import RerankerFailed, open_reranker
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, pre_tokenizers, processors

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "copper", "melts", "tin", "when", "[", "]", "SEP"]
WEIGHTS = np.array([0, 0, 0, 0, 5, 2, -3, 7, 0, 0, 0], np.float32)
NAME = "ms-marco-minilm-l6-v2"


def place(folder: Path, *, outputs: int = 1) -> Path:
    """A model whose score is the sum over the tokens of the second text, as its types say."""
    folder.mkdir(parents=True, exist_ok=True)
    keys = ("input_ids", "attention_mask", "token_type_ids")
    shapes = [helper.make_tensor_value_info(key, TensorProto.INT64, ["n", "t"]) for key in keys]
    output = helper.make_tensor_value_info("logits", TensorProto.FLOAT, None)
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["weights"]),  # (n, t, outputs)
        helper.make_node("Cast", ["token_type_ids"], ["types"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["types", "last"], ["wide"]),
        helper.make_node("Mul", ["weights", "wide"], ["second"]),
        helper.make_node("ReduceSum", ["second", "tokens"], ["logits"], keepdims=0),
    ]
    tables = [
        numpy_helper.from_array(np.repeat(WEIGHTS[:, None], outputs, 1), "table"),
        numpy_helper.from_array(np.array([-1], np.int64), "last"),
        numpy_helper.from_array(np.array([1], np.int64), "tokens"),
    ]
    graph = helper.make_graph(nodes, "tiny", shapes, [output], tables)
    onnx.save(
        helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9), str(folder / "model.onnx")
    )
    tokenizer = Tokenizer(models.WordLevel({word: at for at, word in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.add_special_tokens(["[CLS]", "[SEP]"])
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        "[CLS] $A [SEP]", "[CLS] $A [SEP] $B:1 [SEP]:1", [("[CLS]", 2), ("[SEP]", 3)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder


def in_manifest(models_folder: Path) -> ModelStore:
    target = place(models_folder / NAME)
    files = {
        path.name: {"sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "size": path.stat().st_size}
        for path in target.iterdir()
    }
    (target / "receipt.json").write_text(json.dumps({"origin": "a test", "files": files}))
    return ModelStore(models_folder)


@pytest.mark.parametrize("spec", [NAME, f"onnx:{NAME}"])
def test_a_cross_encoder_of_the_manifest_reads_question_and_passage_as_a_pair(tmp_path: Path, spec: str) -> None:
    reranker = open_reranker(spec, in_manifest(tmp_path))
    assert reranker.name == f"onnx:{NAME}"
    assert list(reranker.score("when", ["copper melts", "tin", "", "\ud800"])) == [7, -3, 0, 0]


def test_a_folder_is_a_cross_encoder_too_and_long_texts_are_cut(tmp_path: Path) -> None:
    reranker = open_reranker(f"onnx:{place(tmp_path / 'own')}", ModelStore(tmp_path))
    (score,) = reranker.score("when", ["copper " * 3_000])
    assert score == 5 * (512 - 4)


def test_a_separator_written_in_a_document_is_text(tmp_path: Path) -> None:
    reranker = open_reranker(f"onnx:{place(tmp_path / 'own')}", ModelStore(tmp_path))
    assert list(reranker.score("when [SEP] copper", ["tin"])) == [-3]


def test_a_model_of_several_outputs_is_refused_by_name(tmp_path: Path) -> None:
    reranker = open_reranker(f"onnx:{place(tmp_path / 'own', outputs=2)}", ModelStore(tmp_path))
    with pytest.raises(RerankerFailed, match="2 numbers for a pair"):
        reranker.score("when", ["tin"])


@pytest.mark.parametrize(
    ("spec", "reason"),
    [("onnx:/nowhere", "has no model.onnx"), ("fancy", "names no reranker"), ("onnx", "names no reranker")],
)
def test_what_is_no_reranker_is_a_wrong_setting(tmp_path: Path, spec: str, reason: str) -> None:
    with pytest.raises(ConfigError, match=reason):
        open_reranker(spec, ModelStore(tmp_path))


def test_a_damaged_file_is_said_to_be_so(tmp_path: Path) -> None:
    (place(tmp_path / "own") / "model.onnx").write_bytes(b"nothing of the kind")
    with pytest.raises(RerankerFailed, match="could not be loaded"):
        open_reranker(f"onnx:{tmp_path / 'own'}", ModelStore(tmp_path)).score("when", ["tin"])
