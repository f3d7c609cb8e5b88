"""Models of a hub: what is here is loaded from here, and a hub that does not answer keeps nobody waiting."""

import pytest
from ayllu.retrieval.hub_models import load_from_here_first


@pytest.fixture(autouse=True)
def silent_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "http://127.0.0.1:9")


def test_what_is_here_asks_no_hub() -> None:
    calls: list[bool] = []
    assert load_from_here_first("a/model", lambda here: calls.append(here) or "loaded") == "loaded"
    assert calls == [True]


def test_a_hub_that_does_not_answer_is_not_asked_for_files() -> None:
    calls: list[bool] = []

    def load(here: bool) -> None:
        calls.append(here)
        raise OSError("no such file")

    with pytest.raises(ConnectionError, match="not on this machine, and the model hub does not answer"):
        load_from_here_first("a/model", load)
    assert calls == [True]


def test_a_hub_that_answers_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ayllu.retrieval.hub_models._hub_answers", lambda: True)

    def load(here: bool) -> str:
        if here:
            raise OSError("no such file")
        return "downloaded"

    assert load_from_here_first("a/model", load) == "downloaded"
