"""A model that a server runs: its answers are corrected, memory gives them back, and it learns from them."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from ayllu.tests.chat_server import ChatServer, serve_chat
from ayllu.tests.training.tiny_models import random_model, write_gguf

from .conftest import Ayllu

SQUAD = Path(__file__).parents[1] / "training" / "data" / "squad.json"
QUESTIONS = {
    "When does the ferry to Amantani leave?": "At 7:45 [1].",
    "What does a loaf of barley bread cost?": "4 soles [1].",
    "From which pier does the ferry leave?": "From pier 3.",
}


def always_noon(messages: Sequence[Mapping[str, str]], adapter: str | None) -> str:
    return "The ferry to Amantani leaves at noon [1]."


@pytest.fixture
def answering_with(monkeypatch: pytest.MonkeyPatch, embeddings: str) -> Any:
    """Has command lines ask a server, as a kind of backend."""

    def use(server: ChatServer, kind: str = "vllm") -> None:
        monkeypatch.setenv("AYLLU_BACKEND", kind)
        monkeypatch.setenv(f"AYLLU_BACKENDS__{kind.upper()}__URL", server.url)
        monkeypatch.setenv("AYLLU_MODELS__EMBEDDER", embeddings)

    return use


@pytest.fixture
def noon() -> Iterator[ChatServer]:
    with serve_chat("org/model", always_noon) as server:
        yield server


def test_corrected_answers_of_a_server_are_right_at_once_and_can_be_learnt_from(
    ayllu: Ayllu, noon: ChatServer, answering_with: Any, handbook: Path
) -> None:
    answering_with(noon)
    assert ayllu("ingest", handbook).code == 0
    for question, right in QUESTIONS.items():
        answer = ayllu("ask", question, "--json").json
        assert answer["memory"] is None
        added = ayllu("feedback", "add", answer["message_id"], "--correction", right, "--json").json
        assert added["usable"]["training"] is True
        assert added["usable"]["memory"] is True
    assert len(noon.served) == len(QUESTIONS)
    for question, right in QUESTIONS.items():
        again = ayllu("ask", question, "--json").json
        assert again["memory"] is not None
        assert right.removesuffix(" [1].").removesuffix(".") in again["answer"]
    assert len(noon.served) == len(QUESTIONS)  # nobody was asked again
    exported = ayllu("feedback", "export", "--format", "sft", "-o", handbook / "sft", "--json").json
    assert (exported["corrections"], exported["left_out"]) == (3, {})
    rows = (handbook / "sft" / "sft.jsonl").read_text("utf-8")
    assert '"content": "From pier 3 [1]."' in rows  # the passage that supports it is marked


def test_a_server_that_loads_no_adapters_is_named_at_once_with_what_would(
    ayllu: Ayllu, noon: ChatServer, answering_with: Any
) -> None:
    answering_with(noon, "ollama")
    result = ayllu("improve", "--json")
    assert (result.code, result.json["kind"]) == (1, "cannot_tune")
    assert "corrections are kept" in result.json["error"]
    assert "GGUF" in result.json["hint"]
    answering_with(noon)
    noon.loads = False
    result = ayllu("improve", "--json")
    assert result.code == 1
    assert "VLLM_ALLOW_RUNTIME_LORA_UPDATING" in result.json["hint"]


class TinyServer:
    """Writes with a random model of a few thousand weights, and the adapters that are loaded on it."""

    def __init__(self, family: str, folder: Path) -> None:
        from ayllu.models import load_tokenizer

        self.model = random_model(family)
        self.model.save_pretrained(folder)
        write_gguf(self.model, folder / "tiny.gguf")
        self.tokenizer = load_tokenizer(folder / "tiny.gguf")
        self.tokenizer.save_pretrained(folder)

    def write(self, messages: Sequence[Mapping[str, str]], adapter: str | None) -> str:
        import copy

        import torch
        from peft import PeftModel

        model = copy.deepcopy(self.model)
        if adapter is not None:
            model = PeftModel.from_pretrained(model, adapter)
        ids = self.tokenizer.apply_chat_template(list(messages), add_generation_prompt=True, return_tensors="pt")
        prompt = ids if isinstance(ids, torch.Tensor) else ids["input_ids"]
        with torch.inference_mode():
            answer = model.generate(input_ids=prompt, max_new_tokens=8, do_sample=False)
        return str(self.tokenizer.decode(answer[0, prompt.shape[1] :], skip_special_tokens=True))


@pytest.mark.slow
@pytest.mark.parametrize("family", ["qwen2", "llama"])
def test_a_served_model_learns_is_asked_with_what_it_learnt_and_goes_back(
    ayllu: Ayllu, answering_with: Any, tmp_path: Path, handbook: Path, family: str
) -> None:
    from ayllu.training.methods import check_installed

    check_installed()
    weights = tmp_path / "tiny-model"
    tiny = TinyServer(family, weights)
    question = next(iter(QUESTIONS))
    with serve_chat(str(weights), tiny.write) as server:
        answering_with(server)
        assert ayllu("ingest", handbook).code == 0
        assert ayllu("feedback", "import", SQUAD, "--json").json["imported"] == 12
        improved = ayllu("improve", "--epochs", "0.5", "--json").json
        assert (improved["train_events"], improved["metric"], improved["promoted"]) == (12, "contains", False)
        assert {"supported", "citation_support"} <= improved["guards"].keys()
        assert {name.rpartition("-")[0] for name in server.loaded} == {"fold-1", "fold-2"}
        assert (server.held, sorted(server.unloaded)) == ({}, sorted(server.loaded))  # nothing of the measuring is left
        adapter = improved["adapter_id"]
        untuned = ayllu("ask", question, "--json").json
        assert (untuned["adapter"], server.served[-1]) == (None, str(weights))
        assert ayllu("adapters", "promote", adapter, "--json").json["base"] == str(weights)
        assert ayllu("ask", question, "--json").json["adapter"] == adapter
        first = server.served[-1]
        assert first.startswith(f"{adapter}-")
        trained = ayllu("train", "sft", "--epochs", "0.5", "--rank", "4", "--json").json["adapter_id"]
        ayllu("adapters", "promote", trained)
        assert ayllu("ask", question, "--json").json["adapter"] == trained
        assert list(server.held) == [server.served[-1]]
        assert first in server.unloaded
        assert ayllu("adapters", "rollback", "--json").json["adapter_id"] == adapter
        assert ayllu("ask", question, "--json").json["adapter"] == adapter
        assert server.served[-1] not in (first, str(weights))  # a name of its own each time
        ayllu("adapters", "rollback")
        assert ayllu("ask", question, "--json").json["adapter"] is None
        assert (server.served[-1], server.held) == (str(weights), {})
