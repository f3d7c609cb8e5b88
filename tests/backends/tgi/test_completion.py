"""Raw completion by TGI's `/generate`, with its client library and without."""

import asyncio
from collections.abc import Callable

import pytest
from ayllu.backends import BackendFailed, RawRequest
from ayllu.backends.tgi.backend import TGIBackend
from ayllu.errors import UsageError

from .conftest import Reply, Server, recorded, reply


async def test_a_recorded_completion(server: Server, tgi: TGIBackend) -> None:
    server.on("/", reply([recorded("generate")]))
    done = await tgi.raw.complete(RawRequest("Test request", max_tokens=6))
    assert (done.text, done.tokens, done.finish) == (" for the lake: /api", 6, "length")
    assert done.logprobs[:2] == (-1.53125, -0.75)
    (body,) = server.bodies("/")
    assert (body["inputs"], body["parameters"]["max_new_tokens"]) == ("Test request", 6)


async def test_a_recorded_completion_by_a_grammar(server: Server, tgi: TGIBackend) -> None:
    server.on("/", reply([recorded("generate_json")]))
    schema = {"type": "object", "properties": {"name": {"type": "string"}}}
    done = await tgi.raw.complete(RawRequest("info: Ayar", schema=schema, seed=0, stop=["\n"], temperature=0.7))
    assert done.text.startswith('{"name":"Ayar"')
    assert done.finish == "stop"
    await tgi.raw.complete(RawRequest("a date", regex=r"\d{4}"))
    first, second = (body["parameters"] for body in server.bodies("/"))
    assert first["grammar"] == {"type": "json", "value": schema}
    assert second["grammar"] == {"type": "regex", "value": r"\d{4}"}
    assert (first["stop"], first["temperature"], first["do_sample"]) == (["\n"], 0.7, True)


async def test_a_recorded_completion_with_an_adapter(server: Server, open_tgi: Callable[..., TGIBackend]) -> None:
    server.on("/generate", reply(recorded("generate_with_adapter")))
    done = await open_tgi(adapter="tuned").raw.complete(RawRequest("test"))
    assert (done.text, done.tokens) == ("  7", 6)
    assert server.bodies("/generate")[0]["parameters"]["adapter_id"] == "tuned"


async def test_the_likeliest_first_tokens_are_listed_best_first(server: Server, tgi: TGIBackend) -> None:
    completion = recorded("generate")
    tops = [{"id": n, "text": f" {n}", "logprob": -float(n), "special": False} for n in (2, 1, 3)]
    completion["details"]["top_tokens"] = [tops]
    server.on("/", reply([completion]))
    done = await tgi.raw.complete(RawRequest("Test", n_probs=60))
    assert [(choice.id, choice.text) for choice in done.first] == [(1, " 1"), (2, " 2"), (3, " 3")]
    assert server.bodies("/")[0]["parameters"]["top_n_tokens"] == 5  # TGI refuses more


async def test_a_server_without_the_compatibility_route_is_asked_by_its_own(server: Server, tgi: TGIBackend) -> None:
    server.on("/generate", reply(recorded("generate")))
    for _ in range(2):
        assert (await tgi.raw.complete(RawRequest("Test request"))).tokens == 6
    assert (len(server.bodies("/")), len(server.bodies("/generate"))) == (1, 2)


@pytest.mark.parametrize("adapter", [None, "tuned"])
@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (reply({"error": "boom", "error_type": "generation"}, 424), "boom"),
        (reply({"error": "odd", "error_type": "template_error"}, 422), "odd"),
        (reply(b"", 401, kind=""), "refused the token"),
        (reply(b"<html>Bad gateway</html>", 502, kind="text/html"), "answered 502"),
        (reply(b"{torn"), "cannot be read"),
        (reply({"no": "text"}), "cannot be read"),
    ],
)
async def test_a_completion_that_goes_wrong_says_how(
    server: Server, open_tgi: Callable[..., TGIBackend], adapter: str | None, answer: Reply, words: str
) -> None:
    for path in ("/", "/generate"):
        server.on(path, answer)
    with pytest.raises(BackendFailed, match=words):
        await open_tgi(adapter=adapter).raw.complete(RawRequest("Greet:"))


@pytest.mark.parametrize("adapter", [None, "tuned"])
async def test_a_cancelled_completion_closes_its_socket(
    server: Server, open_tgi: Callable[..., TGIBackend], adapter: str | None
) -> None:
    server.on("/generate" if adapter else "/", Reply([], held=True))
    work = asyncio.ensure_future(open_tgi(adapter=adapter).raw.complete(RawRequest("Greet:")))
    assert await asyncio.to_thread(server.request_came.wait, 5)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert await asyncio.to_thread(server.client_left.wait, 5)


async def test_an_overloaded_server_is_asked_again(server: Server, tgi: TGIBackend, pauses: list[float]) -> None:
    full = reply({"error": "Model is overloaded", "error_type": "overloaded"}, 429)
    server.on("/", full, reply([recorded("generate")]))
    assert (await tgi.raw.complete(RawRequest("Test request"))).tokens == 6
    assert pauses == [0.25]


async def test_tokens_come_with_their_text_and_without_the_model_s_own(server: Server, tgi: TGIBackend) -> None:
    tokens = [{"id": 1, "text": "", "start": 0, "stop": 0}, {"id": 9, "text": "Grüß", "start": 0, "stop": 4}]
    server.on("/tokenize", reply(tokens))
    assert [(piece.id, piece.text) for piece in await tgi.raw.tokenize("Grüß")] == [(9, "Grüß")]
    assert len(await tgi.raw.tokenize("Grüß", special=True)) == 2
    assert await tgi.raw.tokenize("") == []
    server.on("/tokenize", reply({"not": "a list"}))
    with pytest.raises(BackendFailed, match="cannot be read"):
        await tgi.raw.tokenize("a")


async def test_what_tgi_cannot_do_is_said(tgi: TGIBackend) -> None:
    with pytest.raises(UsageError, match="token ids"):
        await tgi.raw.complete(RawRequest([1, 2]))
    with pytest.raises(UsageError, match="GBNF"):
        await tgi.raw.complete(RawRequest("a", grammar='root ::= "a"'))
    with pytest.raises(BackendFailed, match="empty"):
        await tgi.raw.complete(RawRequest(""))
