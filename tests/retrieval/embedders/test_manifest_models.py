"""Any embedder of the manifest by ONNX Runtime: a tiny random one stands in for its file."""

import hashlib
import json
from pathlib import Path

import numpy as np
import onnx
import pytest
from ayllu.errors import ConfigError
from ayllu.models import ModelStore
from ayllu.retrieval import EmbedderFailed, Vectors, open_embedder
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, pre_tokenizers, processors

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[", "]", "SEP", "copper", "melts", "tin", "when", *"abcdefgh"]
STATES = np.random.default_rng(3).normal(size=(len(WORDS), 384)).astype(np.float32)
WIDE = np.random.default_rng(4).normal(size=(len(WORDS), 768)).astype(np.float32)


def place(folder: Path, name: str, states: Vectors = STATES) -> ModelStore:
    """A model whose token states are rows of a table, under a name of the manifest."""
    target = folder / name
    target.mkdir(parents=True)
    shapes = [helper.make_tensor_value_info(key, TensorProto.INT64, ["n", "t"]) for key in ("input_ids", "attention_mask")]
    output = helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["n", "t", states.shape[1]])
    node = helper.make_node("Gather", ["table", "input_ids"], ["last_hidden_state"])
    graph = helper.make_graph([node], "tiny", shapes, [output], [numpy_helper.from_array(states, "table")])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)
    onnx.save(model, str(target / "model.onnx"))
    tokenizer = Tokenizer(models.WordLevel({word: at for at, word in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.add_special_tokens(["[CLS]", "[SEP]"])
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing("[CLS] $A [SEP]", None, [("[CLS]", 2), ("[SEP]", 3)])
    tokenizer.save(str(target / "tokenizer.json"))
    files = {
        path.name: {"sha256": hashlib.sha256(path.read_bytes()).hexdigest(), "size": path.stat().st_size}
        for path in target.iterdir()
    }
    (target / "receipt.json").write_text(json.dumps({"origin": "a test", "files": files}))
    return ModelStore(folder)


def unit(row: Vectors) -> Vectors:
    return np.asarray(row / np.linalg.norm(row), np.float32)


def test_token_states_are_pooled_as_the_manifest_says(tmp_path: Path) -> None:
    """By the first token, whose state is the same before every text here; or by the mean."""
    store = place(tmp_path, "granite-embedding-small-english-r2")
    rows = open_embedder("granite-embedding-small-english-r2", store).embed_documents(["copper melts", "tin"])
    assert np.allclose(rows, unit(STATES[2]), atol=1e-5)
    store = place(tmp_path / "wide", "mdbr-leaf-ir", WIDE)
    (row,) = open_embedder("onnx:mdbr-leaf-ir", store).embed_documents(["copper melts"])
    assert np.allclose(row, unit(WIDE[[2, 7, 8, 3]].mean(0)), atol=1e-5)


def test_a_question_is_read_after_the_prefix_of_its_model_and_a_document_is_not(tmp_path: Path) -> None:
    store = place(tmp_path, "mdbr-leaf-ir", WIDE)
    embedder = open_embedder("mdbr-leaf-ir", store)
    assert not np.allclose(embedder.embed_query("copper"), embedder.embed_documents(["copper"])[0])
    plain = open_embedder("mdbr-leaf-ir", store, query_prefix="")
    assert np.array_equal(plain.embed_query("copper"), embedder.embed_documents(["copper"])[0])


def test_special_tokens_that_a_document_writes_are_text(tmp_path: Path) -> None:
    embedder = open_embedder("mdbr-leaf-ir", place(tmp_path, "mdbr-leaf-ir"))
    assert list(embedder.token_offsets("tin [SEP]")) == [(0, 3), (4, 5), (5, 8), (8, 9)]


def test_a_file_of_other_dimensions_than_the_manifest_says_is_refused(tmp_path: Path) -> None:
    embedder = open_embedder("mdbr-leaf-ir", place(tmp_path, "mdbr-leaf-ir"))
    with pytest.raises(EmbedderFailed, match="gives 384 numbers a text, where 768 were expected"):
        embedder.embed_documents(["copper"])


def test_the_fingerprint_holds_the_file_the_pooling_and_what_is_read_before_a_document(tmp_path: Path) -> None:
    def fingerprint(store: ModelStore, **prefixes: str) -> str:
        return str(open_embedder("bge-small-en-v1.5", store, **prefixes).fingerprint)  # type: ignore[attr-defined, arg-type]

    store = place(tmp_path / "a", "bge-small-en-v1.5")
    other = place(tmp_path / "b", "bge-small-en-v1.5", STATES * 2)
    known = fingerprint(store)
    assert known.startswith("onnx:bge-small-en-v1.5 cls ")
    assert len({known, fingerprint(other), fingerprint(store, document_prefix="passage: ")}) == 3
    assert fingerprint(store, query_prefix="query: ") == known  # documents' vectors do not depend on it


@pytest.mark.parametrize("spec", ["smollm2-135m-instruct", "onnx:nothing"])
def test_what_is_no_embedder_of_the_manifest_is_refused(spec: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="names no embedder"):
        open_embedder(spec, ModelStore(tmp_path))
