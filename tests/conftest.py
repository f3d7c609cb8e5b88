"""What several rooms' tests share.

Nothing here reaches a model, a hub or a server beyond this machine, unless a test has the marker `model`: others get the
scripted backend and an embedder that hashes words, and whatever reaches for more fails.
"""

import os
import sys
from collections.abc import AsyncIterator, Generator, Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest
from ayllu import paths
from ayllu.backends import Backend, open_backend
from ayllu.backends.scripted import ScriptedBackend
from ayllu.config import Settings
from ayllu.models import ModelStore
from ayllu.retrieval import Embedder, HashingEmbedder, Library, open_embedder

SITE = Path(__file__).parent / "site"
sys.path.insert(0, str(SITE))  # as PYTHONPATH has it for the processes that tests start

import loopback_only  # noqa: E402
from tiny_gguf import write_tiny_gguf  # noqa: E402

if find_spec("hypothesis"):  # TGI's environment has none
    from hypothesis import HealthCheck, settings

    # How fast a busy machine is proves nothing
    settings.register_profile("ayllu", suppress_health_check=[HealthCheck.too_slow], deadline=None)
    settings.load_profile("ayllu")

MODEL_FILES = paths.find().models  # of the person who runs the tests, or AYLLU_MODELS


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("gpu") is not None:
        import torch

        if not torch.cuda.is_available():
            pytest.skip("there is no NVIDIA GPU here")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where everything must run (`.ci/run`), a test that would be skipped fails."""
    report = yield
    if report.skipped and os.environ.get("TESTS_MUST_RUN"):
        report.outcome = "failed"
        report.longrepr = f"skipped, where everything must run: {report.longrepr}"
    return report


@pytest.fixture(autouse=True)
def own_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test sees the settings of the person who runs it."""
    for name in [name for name in os.environ if name.startswith("AYLLU_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AYLLU_AGENTS__PROBE", "off")  # no test leaves a process behind
    monkeypatch.setenv("AYLLU_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("AYLLU_MODELS", str(MODEL_FILES))


@pytest.fixture(autouse=True)
def this_machine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Without the marker `model`: no model files, and no host but this one, here and in every process started."""
    if request.node.get_closest_marker("model") is not None:
        yield
        return
    monkeypatch.setenv("AYLLU_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, [str(SITE), os.environ.get("PYTHONPATH")])))
    monkeypatch.setenv("TESTS_STAY_ON_THIS_MACHINE", "1")
    loopback_only.attempts.clear()
    loopback_only.enforce(monkeypatch.setattr)
    yield
    if loopback_only.attempts:  # raised in a thread, it may have been lost
        pytest.fail(f"A test without the marker `model` reached for {', '.join(loopback_only.attempts)}.")


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    return HashingEmbedder()


@pytest.fixture
def library(tmp_path: Path, embedder: Embedder) -> Iterator[Library]:
    with Library.open(tmp_path / "library", embedder) as library:
        yield library


@pytest.fixture
def scripted() -> ScriptedBackend:
    """Writes prose: give `client.replies` what it shall say. Tests about spans make one of their own, with `likings`."""
    return ScriptedBackend()


@pytest.fixture(scope="session")
def models() -> ModelStore:
    """The person's own model folder (or AYLLU_MODELS), for tests marked `model`: the first user pulls what is missing."""
    return ModelStore(MODEL_FILES)


@pytest.fixture(scope="session")
def real_embedder(models: ModelStore) -> Embedder:
    return open_embedder("onnx", models)


@pytest.fixture
def real_library(tmp_path: Path, real_embedder: Embedder) -> Iterator[Library]:
    with Library.open(tmp_path / "library", real_embedder) as library:
        yield library


@pytest.fixture
async def real_backend(models: ModelStore) -> AsyncIterator[Backend]:
    """llama.cpp with the default model, in a process of its own."""
    backend = open_backend("llamacpp", Settings(), models)
    yield backend
    await backend.close()


@pytest.fixture(scope="session")
def tiny_gguf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random model in one small file, for tests of llama.cpp's server: it writes nonsense, and at once."""
    return write_tiny_gguf(tmp_path_factory.mktemp("tiny") / "tiny.gguf")


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random Llama of some ten thousand weights: a Hugging Face folder with a tokenizer of letters and a chat template."""
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    folder = tmp_path_factory.mktemp("tiny")
    letters = {chr(code): at for at, code in enumerate([10, *range(32, 127)], start=2)}
    inner = Tokenizer(models.BPE({"<end>": 0, "<pad>": 1, **letters}, []))
    inner.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=inner, eos_token="<end>", pad_token="<pad>")
    tokenizer.chat_template = (
        "{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}<end>{% endfor %}"
        "{% if add_generation_prompt %}assistant: {% endif %}"
    )
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    shape = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4}
    config = LlamaConfig(vocab_size=98, num_key_value_heads=2, max_position_embeddings=1024, eos_token_id=0, **shape)
    LlamaForCausalLM(config).save_pretrained(folder)
    return folder
