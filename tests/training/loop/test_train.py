"""An adapter and nothing more."""

import json
from pathlib import Path

import pytest
from ayllu.errors import NotFound, UsageError
from ayllu.feedback import FeedbackEvent
from ayllu.training import (
    TooLittle,
    TrainingOptions,
    Workspace,
    build_examples,
    collect_corrections,
    dataset_card,
    train,
    write_examples,
)
from ayllu.training.loop.adapter_folder import read_learned_from

SQUAD = Path(__file__).parents[1] / "data" / "squad.json"
QUICK = TrainingOptions(epochs=1)


async def test_a_file_is_learnt_from_and_the_adapter_kept_as_a_candidate(workspace: Workspace, tmp_path: Path) -> None:
    result = await train([], workspace, options=QUICK, data=SQUAD)
    assert result["base"] == "tiny"
    assert result["dataset"]["corrections"] == 9  # of four paragraphs' questions, one's are held out
    assert result["eval_loss"] > 0
    assert result["peak_rss_bytes"] > 10**8
    assert result["parity"] == {"probes": 3, "agreed": 3}
    assert result["dataset"]["cut"] == 0
    (entry,) = workspace.registry.list()
    assert (entry.adapter_id, entry.reason) == (result["adapter_id"], "Not measured.")
    folder = workspace.registry.folder / entry.adapter_id
    names = {file.name for file in folder.iterdir()}
    assert names == {"adapter.gguf", "entry.json", "learnt.json", "learnt_from.json", "peft"}
    assert len(read_learned_from(folder) or ()) == 4 + 12  # paragraphs, and their questions
    assert read_learned_from(folder / "peft") is None
    assert list(workspace.work.iterdir()) == []


async def test_longer_examples_are_cut_and_counted(workspace: Workspace) -> None:
    result = await train([], workspace, options=TrainingOptions(epochs=0.1, max_tokens=64), data=SQUAD)
    assert result["dataset"]["cut"] == result["dataset"]["examples"]


async def test_what_was_exported_for_training_is_learnt_from_again(
    workspace: Workspace, events: list[FeedbackEvent], tmp_path: Path
) -> None:
    corrections, left_out = collect_corrections(events, "span")
    examples = build_examples(corrections, None)
    write_examples(tmp_path / "out", examples, dataset_card(corrections, examples, left_out))
    result = await train([], workspace, options=TrainingOptions(epochs=0.1), data=tmp_path / "out")
    assert len(examples) / 2 < result["dataset"]["examples"] < len(examples)


async def test_data_that_is_none_is_refused(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"There is no .*none\.json"):
        await train([], workspace, options=QUICK, data=tmp_path / "none.json")
    row = json.dumps({"prompt": "p", "completion": "c"})
    (tmp_path / "few.jsonl").write_text(f"{row}\n{row}\n")
    with pytest.raises(TooLittle, match="2 examples to learn from"):
        await train([], workspace, options=QUICK, data=tmp_path / "few.jsonl")
    with pytest.raises(TooLittle, match="0 corrections to learn from"):
        await train([], workspace, options=QUICK)


async def test_an_architecture_that_is_not_exported_is_kept_in_pefts_form(
    workspace: Workspace, events: list[FeedbackEvent], tiny: Path, tmp_path: Path, announced: list[str]
) -> None:
    from transformers import AutoTokenizer, CohereConfig, CohereForCausalLM

    shape = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4}
    config = CohereConfig(vocab_size=98, num_key_value_heads=2, bos_token_id=0, eos_token_id=0, pad_token_id=0, **shape)
    CohereForCausalLM(config).save_pretrained(tmp_path / "cohere")
    AutoTokenizer.from_pretrained(tiny).save_pretrained(tmp_path / "cohere")
    result = await train(events, workspace, options=TrainingOptions(epochs=0.2, base=str(tmp_path / "cohere")))
    assert result["parity"] is None
    assert "`cohere` model cannot be written for llama.cpp" in announced[-1]
    folder = workspace.registry.folder / result["adapter_id"]
    assert {file.name for file in folder.iterdir()} == {"entry.json", "learnt.json", "learnt_from.json", "peft"}


async def test_a_base_that_is_nowhere_is_refused_by_name(workspace: Workspace, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="nowhere is no model to train on"):
        await train([], workspace, options=TrainingOptions(base=str(tmp_path / "nowhere")), data=SQUAD)
