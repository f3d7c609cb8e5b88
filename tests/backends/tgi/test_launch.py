"""The lines that start TGI."""

import shlex
from dataclasses import replace
from pathlib import Path

import pytest
from ayllu.backends.tgi import IMAGE, Launch, container_command, launcher_command
from ayllu.errors import UsageError


@pytest.fixture
def plain(tmp_path: Path) -> Launch:
    return Launch("meta-llama/Llama-3.1-8B-Instruct", tmp_path / "data")


@pytest.fixture
def peft(tmp_path: Path) -> Path:
    folder = tmp_path / "my home" / "peft"
    folder.mkdir(parents=True)
    for name in ("adapter_config.json", "adapter_model.safetensors"):
        (folder / name).write_text("{}")
    return folder


@pytest.fixture
def merged(tmp_path: Path) -> Path:
    folder = tmp_path / "-merged 'model'; rm"
    folder.mkdir()
    for name in ("config.json", "model.safetensors"):
        (folder / name).write_text("{}")
    return folder


def test_a_base_model(plain: Launch) -> None:
    command = container_command(plain)
    assert shlex.split(command.text) == command.argv
    assert command.argv == [
        *("docker", "run", "--detach", "--name", "ayllu-tgi", "--gpus", "all", "--shm-size", "1g"),
        *("--security-opt", "no-new-privileges", "--publish", "127.0.0.1:8080:80", "--volume", f"{plain.data}:/data"),
        *("--env", "HF_TOKEN", "--env", "HF_HUB_DISABLE_TELEMETRY=1", IMAGE),
        *("--model-id", "meta-llama/Llama-3.1-8B-Instruct", "--usage-stats", "off"),
    ]
    assert (command.env, command.url) == ({}, "http://127.0.0.1:8080")


def test_a_quantised_model_with_limits_on_some_gpus(plain: Launch) -> None:
    launch = replace(
        plain,
        quantize="awq",
        gpus="0,1",
        shards=2,
        max_input_tokens=4096,
        max_total_tokens=8192,
        max_concurrent=16,
        port=9000,
    )
    text = " ".join(container_command(launch).argv)
    assert '--gpus "device=0,1"' in text
    assert (
        "--quantize awq --num-shard 2 --max-input-tokens 4096 --max-total-tokens 8192 --max-concurrent-requests 16" in text
    )
    assert "127.0.0.1:9000:80" in text
    podman = " ".join(container_command(launch, "podman").argv)
    assert podman.startswith("podman run")
    assert "--device nvidia.com/gpu=0 --device nvidia.com/gpu=1" in podman
    assert "--gpus" not in container_command(replace(plain, gpus="none")).argv


def test_adapters_are_mounted_and_named(plain: Launch, peft: Path) -> None:
    launch = replace(plain, adapters=[("a2026", str(peft)), ("org/lora", "org/lora")])
    command = container_command(launch)
    assert f"{peft}:/adapters/a2026:ro" in command.argv
    assert "LORA_ADAPTERS=a2026=/adapters/a2026,org/lora" in command.argv
    assert shlex.split(command.text) == command.argv
    assert any("`adapter` under [backends.tgi]: a2026, org/lora" in note for note in command.notes)
    assert launcher_command(launch).env["LORA_ADAPTERS"] == f"a2026={peft},org/lora"


def test_a_merged_folder_with_a_hostile_name(plain: Launch, merged: Path) -> None:
    command = container_command(replace(plain, model=str(merged)))
    assert f"{merged}:/models/merged--model---rm:ro" in command.argv
    assert command.argv[command.argv.index("--model-id") + 1] == "/models/merged--model---rm"
    assert shlex.split(command.text) == command.argv


def test_the_token_is_a_variable_s_name(plain: Launch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_TOKEN", "s3cret")
    for command in (
        container_command(replace(plain, token_env="MY_TOKEN")),
        launcher_command(replace(plain, token_env="MY_TOKEN")),
    ):
        assert command.env["API_KEY"] == "$MY_TOKEN"
        assert 'API_KEY="$MY_TOKEN"' in command.text
        assert "s3cret" not in command.text
    assert "API_KEY" in container_command(replace(plain, token_env="MY_TOKEN")).argv


def test_the_launcher_listens_on_this_machine_only(plain: Launch) -> None:
    command = launcher_command(plain)
    assert command.argv[:5] == ["text-generation-launcher", "--hostname", "127.0.0.1", "--port", "8080"]
    assert command.argv[-2:] == ["--usage-stats", "off"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"model": "--privileged"},
        {"model": "a/b/c"},
        {"model": "../../etc"},
        {"model": "x; rm -rf ~"},
        {"model": "a b"},
        {"model": ""},
        {"model": "/nowhere/at/all"},
        {"model": "org/name\n--net=host"},
        {"quantize": "awq --privileged"},
        {"gpus": "all --privileged"},
        {"image": "--privileged"},
        {"token_env": "hf_abc.def"},
        {"token_env": "A=B"},
        {"adapters": [("a,b=/etc", "org/x")]},
        {"adapters": [("-v", "org/x")]},
        {"adapters": [("ok", "/etc")]},
        {"adapters": [("ok", "--x")]},
        {"adapters": [("ok", "org/x"), ("ok", "org/y")]},
        {"max_input_tokens": 100, "max_total_tokens": 100},
        {"dtype": "float64"},
    ],
)
def test_what_cannot_be_handed_on_is_refused(plain: Launch, wrong: dict[str, object]) -> None:
    for compose in (container_command, launcher_command):
        with pytest.raises(UsageError) as error:
            compose(replace(plain, **wrong))
        assert error.value.hint


def test_a_folder_that_a_volume_cannot_carry_is_refused(plain: Launch, tmp_path: Path) -> None:
    for name in ("a:b", "a,b", "a\nb"):
        with pytest.raises(UsageError, match="cannot be handed to a container"):
            container_command(replace(plain, data=tmp_path / name))
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(UsageError, match="is no model that TGI can load"):
        container_command(replace(plain, model=str(empty)))
