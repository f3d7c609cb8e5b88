"""Chat with TGI: what real servers sent, and what goes wrong on the way."""

import asyncio
import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from autogen_core import CancellationToken, FunctionCall
from autogen_core.models import (
    AssistantMessage,
    CreateResult,
    FunctionExecutionResult,
    FunctionExecutionResultMessage,
    LLMMessage,
    SystemMessage,
    UserMessage,
)
from ayllu.backends import BackendFailed, BackendUnreachable, ContextOverflow, RawRequest
from ayllu.backends.tgi.backend import TGIBackend
from ayllu.errors import UsageError
from pydantic import BaseModel

from .conftest import Reply, Server, chat_chunks, chunk, recorded, reply, stream

CHAT = "/v1/chat/completions"
QUESTION = [UserMessage(content="Greet.", source="user")]
WEATHER = {
    "name": "get_current_weather",
    "description": "The weather now.",
    "parameters": {"type": "object", "properties": {"location": {"type": "string"}, "format": {"type": "string"}}},
}
TOO_LONG = "Input validation error: `inputs` must have less than 1000 tokens. Given: 1500"


async def streamed(
    tgi: TGIBackend, messages: Sequence[LLMMessage] = QUESTION, **options: Any
) -> tuple[list[str], CreateResult]:
    pieces: list[str] = []
    async for piece in tgi.client.create_stream(messages, **options):
        if isinstance(piece, CreateResult):
            return pieces, piece
        pieces.append(piece)
    raise AssertionError("a stream without a result")


async def test_a_recorded_stream_with_usage(server: Server, tgi: TGIBackend) -> None:
    server.on(CHAT, stream(recorded("chat_stream")))
    pieces, result = await streamed(tgi)
    assert pieces == ["Good", " day", "!"]
    assert (result.content, result.finish_reason) == ("Good day!", "stop")
    assert (result.usage.prompt_tokens, result.usage.completion_tokens) == (27, 4)
    (body,) = server.bodies(CHAT)
    assert body["stream_options"] == {"include_usage": True}
    assert body["model"] == "tgi"


async def test_a_recorded_stream_of_a_tool_call(server: Server, tgi: TGIBackend) -> None:
    """The recording ends without a reason: the call is whole, so it is one."""
    server.on(CHAT, stream(recorded("chat_tool_call_stream")))
    pieces, result = await streamed(tgi, tools=[WEATHER], tool_choice="required")
    assert pieces == []
    assert result.finish_reason == "function_calls"
    (call,) = result.content
    assert call.name == "get_current_weather"
    assert json.loads(call.arguments) == {"location": "Puno", "format": "celsius"}
    assert server.bodies(CHAT)[0]["tools"][0]["function"]["arguments"] == WEATHER["parameters"]


async def test_a_tool_call_that_breaks_off_is_none(server: Server, tgi: TGIBackend) -> None:
    events = recorded("chat_tool_call_stream")
    for cut, done in ((-2, True), (len(events), False)):
        server.on(CHAT, stream(events[:cut], done=done))
        with pytest.raises(BackendFailed, match="in the middle"):
            await streamed(tgi, tools=[WEATHER])


async def test_recorded_whole_answers(server: Server, tgi: TGIBackend) -> None:
    server.on(CHAT, reply(recorded("chat")), reply(recorded("chat_tool_call")))
    words = await tgi.client.create(QUESTION, extra_create_args={"max_tokens": 32, "seed": 7, "temperature": 0.0})
    assert words.content.startswith("The weather in Puno is cool")
    assert (words.finish_reason, words.usage.completion_tokens) == ("length", 32)
    called = await tgi.client.create(QUESTION, tools=[WEATHER])
    assert called.finish_reason == "function_calls"
    assert [(call.name, json.loads(call.arguments)["format"]) for call in called.content] == [
        ("get_current_weather", "celsius")
    ]
    first, second = server.bodies(CHAT)
    assert (first["max_tokens"], first["seed"], first["temperature"]) == (32, 7, 0.0)
    assert second["tool_choice"] == "auto"


@pytest.mark.parametrize("size", [1, 7, 100_000])
async def test_a_stream_is_read_whatever_the_packets(server: Server, tgi: TGIBackend, size: int) -> None:
    events = [": keep-alive\n\n", *chat_chunks("Grüß", " Gott ", "🦙"), ":\n\n"]
    server.on(CHAT, stream(events, size=size))
    pieces, result = await streamed(tgi)
    assert pieces == ["Grüß", " Gott ", "🦙"]
    assert result.content == "".join(pieces)
    assert result.usage.prompt_tokens == 20


async def test_an_answer_that_a_proxy_did_not_stream_is_read(server: Server, tgi: TGIBackend) -> None:
    server.on(CHAT, reply(recorded("chat")))
    pieces, result = await streamed(tgi)
    assert "".join(pieces) == result.content
    assert result.finish_reason == "length"


async def test_windows_line_ends_and_old_tool_calls_are_read_too(server: Server, tgi: TGIBackend) -> None:
    old = {"index": 0, "id": "", "type": "function", "function": {"name": "search", "arguments": '{"q": 1}'}}
    events = [chunk(tool_calls=old), chunk(finish="eos_token")]
    server.on(CHAT, stream([f"data: {json.dumps(event)}\r\n\r\n" for event in events]))
    _, result = await streamed(tgi)
    assert result.content == [FunctionCall(id="0", name="search", arguments='{"q": 1}')]


@pytest.mark.parametrize(
    ("events", "error", "words"),
    [
        ([{"error": "boom", "error_type": "generation"}], BackendFailed, "failed while it was generating: boom"),
        ([{"error": "x", "error_type": "incomplete_generation_stream"}], BackendFailed, "answered 500: x"),
        ([{"error": "bad", "error_type": "template_error"}], BackendFailed, "answered 422: bad"),
        ([{"error": "odd", "error_type": "surprise"}], BackendFailed, "answered 500: odd"),
        ([{"error": {"message": "late", "http_status_code": 503}}], BackendFailed, "not ready: late"),
        ([chunk("So"), {"error": "boom", "error_type": "generation"}], BackendFailed, "boom"),
        ([chunk("So"), {"error": "full", "error_type": "overloaded"}], BackendFailed, "is overloaded"),
        (["data: {torn\n\n"], BackendFailed, "cannot be read"),
        (["data: [1]\n\n"], BackendFailed, "cannot be read"),
        (['data: {"choices": 3}\n\n'], BackendFailed, "cannot be read"),
        ([chunk("So")], BackendFailed, "in the middle"),
        ([], BackendFailed, "in the middle"),
    ],
)
async def test_a_stream_that_goes_wrong_says_how(
    server: Server, tgi: TGIBackend, events: list[Any], error: type[Exception], words: str
) -> None:
    for done in (True, False):
        server.on(CHAT, stream(events, done=done))
        with pytest.raises(error, match=words):
            await streamed(tgi)
    assert len(server.bodies(CHAT)) == 2  # nothing was asked again


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (reply(b"", 401, kind=""), "refused the token"),
        (reply(b"<html><head><title>t</title></head><h1>Bad gateway</h1></html>", 502, kind="text/html"), "answered 502"),
        (reply(b"<html>hello</html>", 200, kind="text/html"), "in the middle|cannot be read"),
        (reply({"error": "No tokens", "error_type": "generation"}, 424), "failed while it was generating: No tokens"),
        (reply({"error": "Tool error", "error_type": "tool_error"}, 422), "answered 422: Tool error|with an error: Tool"),
        (reply({"error": "Template error", "error_type": "oddity"}, 500), "answered 500: Template|with an error: Template"),
        (reply({"error": "loading", "error_type": "x"}, 503), "not ready|with an error: loading"),
        (reply(b'"what"', 200), "in the middle|cannot be read"),
        (reply(b"", 500), "answered 500|cannot be read"),
    ],
)
async def test_an_error_instead_of_an_answer(server: Server, tgi: TGIBackend, answer: Reply, words: str) -> None:
    server.on(CHAT, answer)
    with pytest.raises(BackendFailed, match=words):
        await streamed(tgi)
    with pytest.raises(BackendFailed, match=words) as caught:
        await tgi.client.create(QUESTION)
    assert caught.value.hint


async def test_an_unknown_adapter_is_named_and_the_known_one_is_the_model(
    server: Server, open_tgi: Callable[..., TGIBackend]
) -> None:
    tuned = open_tgi(adapter="tuned")
    server.on(CHAT, stream(chat_chunks("yes")), reply({"error": "adapter tuned not found", "error_type": "validation"}, 422))
    assert (await streamed(tuned))[1].content == "yes"
    assert server.bodies(CHAT)[0]["model"] == "tuned"
    assert tuned.adapter == "tuned"
    with pytest.raises(BackendFailed, match="does not know the adapter"):
        await tuned.client.create(QUESTION)


async def test_an_overloaded_server_is_asked_again_after_growing_pauses(
    server: Server, tgi: TGIBackend, pauses: list[float]
) -> None:
    full = reply({"error": "Model is overloaded", "error_type": "overloaded"}, 429)
    event = stream([{"error": {"message": "Model is overloaded", "http_status_code": 422}}], done=False)
    server.on(
        CHAT, full, event, reply(b"slow down", 429, kind="text/plain", **{"Retry-After": "3"}), stream(chat_chunks("here"))
    )
    assert (await streamed(tgi))[1].content == "here"
    assert pauses == [0.25, 0.5, 3.0]
    pauses.clear()
    server.on(CHAT, full, reply(recorded("chat")))
    assert (await tgi.client.create(QUESTION)).finish_reason == "length"
    assert pauses == [0.25]


async def test_it_is_not_asked_for_ever(server: Server, tgi: TGIBackend, pauses: list[float]) -> None:
    server.on(CHAT, reply({"error": "Model is overloaded", "error_type": "overloaded"}, 429))
    with pytest.raises(BackendFailed, match="is overloaded"):
        await streamed(tgi)
    assert pauses == [0.25, 0.5, 1.0, 2.0]
    assert len(server.bodies(CHAT)) == 5


def conversation(turns: int) -> list[LLMMessage]:
    history: list[LLMMessage] = [SystemMessage(content="Be brief.")]
    for n in range(turns):
        history += [UserMessage(content=f"question {n} " + "x " * 200, source="user")]
        history += [AssistantMessage(content=f"answer {n}", source="writer")]
    return [*history, UserMessage(content="the passages and the question " + "y " * 200, source="user")]


@pytest.mark.parametrize("event", [False, True])
async def test_too_long_a_conversation_loses_its_oldest_turns_and_says_so(
    server: Server, tgi: TGIBackend, event: bool
) -> None:
    error = {"error": TOO_LONG, "error_type": "validation"}
    server.on(CHAT, stream([error], done=False) if event else reply(error, 422), stream(chat_chunks("short")))
    rewrite = [AssistantMessage(content="a draft", source="writer"), UserMessage(content="again", source="critic")]
    _, result = await streamed(tgi, [*conversation(4), *rewrite])
    assert result.content == "short"
    assert result.notices == ("The conversation has become too long for the model: its oldest 4 messages were left out.",)
    sent = [message["content"].split(" x")[0] for message in server.bodies(CHAT)[1]["messages"]]
    assert sent[:3] == ["Be brief.", "question 2", "answer 2"]
    assert sent[-2:] == ["a draft", "again"]


async def test_it_is_shortened_once_only(server: Server, tgi: TGIBackend) -> None:
    server.on(CHAT, reply({"error": TOO_LONG, "error_type": "validation"}, 422))
    with pytest.raises(ContextOverflow, match="1,500 tokens and the model reads 999, 501 tokens too many"):
        await streamed(tgi, conversation(3))
    assert len(server.bodies(CHAT)) == 2
    with pytest.raises(ContextOverflow):  # no history that could be left out
        await tgi.client.create(conversation(0))
    assert len(server.bodies(CHAT)) == 3


async def test_a_prompt_that_leaves_little_room_gets_a_shorter_answer(server: Server, tgi: TGIBackend) -> None:
    words = (
        "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 2048. "
        "Given: 1900 `inputs` tokens and 512 `max_new_tokens`"
    )
    server.on(CHAT, reply({"error": words, "error_type": "validation"}, 422), stream(chat_chunks("brief")))
    _, result = await streamed(tgi, conversation(0), extra_create_args={"max_tokens": 512})
    assert server.bodies(CHAT)[1]["max_tokens"] == 148
    assert result.notices == ("The prompt leaves room for an answer of 148 tokens only.",)


async def test_a_cancelled_stream_closes_its_socket(server: Server, tgi: TGIBackend) -> None:
    server.on(CHAT, stream([chunk("So"), chunk(" it")], done=False, held=True))
    token = CancellationToken()
    pieces = tgi.client.create_stream(QUESTION, cancellation_token=token)
    assert [await anext(pieces), await anext(pieces)] == ["So", " it"]
    asyncio.get_running_loop().call_later(0.05, token.cancel)
    with pytest.raises(asyncio.CancelledError):
        await anext(pieces)
    assert await asyncio.to_thread(server.client_left.wait, 5)


@pytest.mark.parametrize("streams", [False, True])
async def test_a_cancelled_question_closes_its_socket_before_a_first_word(
    server: Server, tgi: TGIBackend, streams: bool
) -> None:
    server.on(CHAT, Reply([], held=True))
    token = CancellationToken()
    work = asyncio.ensure_future(
        streamed(tgi, cancellation_token=token) if streams else tgi.client.create(QUESTION, cancellation_token=token)
    )
    assert await asyncio.to_thread(server.request_came.wait, 5)
    token.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert await asyncio.to_thread(server.client_left.wait, 5)


async def test_a_stream_that_is_left_closes_its_socket(server: Server, tgi: TGIBackend) -> None:
    server.on(CHAT, stream([chunk("So")], done=False, held=True))
    pieces = tgi.client.create_stream(QUESTION)
    assert await anext(pieces) == "So"
    await pieces.aclose()
    assert await asyncio.to_thread(server.client_left.wait, 5)


async def test_a_silent_server_is_not_waited_for_for_ever(server: Server, open_tgi: Callable[..., TGIBackend]) -> None:
    impatient = open_tgi(timeout_s=0.3)
    server.on(CHAT, Reply([], held=True))
    for answer in (streamed(impatient), impatient.client.create(QUESTION)):
        with pytest.raises(BackendUnreachable, match="in time"):
            await answer
    comments = stream([": keep-alive\n\n"] * 2000, done=False, size=14)
    server.on(CHAT, comments)
    with pytest.raises(BackendUnreachable, match="in time"):
        await streamed(impatient)


async def test_nobody_there(open_tgi: Callable[..., TGIBackend]) -> None:
    nowhere = open_tgi(url="http://127.0.0.1:9")
    for work in (streamed(nowhere), nowhere.client.create(QUESTION), nowhere.start()):
        with pytest.raises(BackendUnreachable, match=r"127\.0\.0\.1:9"):
            await work
    assert not (await nowhere.health()).healthy


async def test_a_connection_that_dies_in_the_middle_is_no_answer(server: Server, tgi: TGIBackend) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 9999\r\n\r\n"
    server.on(CHAT, Reply([head, f"data: {json.dumps(chunk('So'))}\n\n".encode()]))
    pieces = tgi.client.create_stream(QUESTION)
    assert await anext(pieces) == "So"
    with pytest.raises(BackendUnreachable):
        await anext(pieces)


async def test_a_stop_sequence_is_taken_off_and_never_shown(server: Server, tgi: TGIBackend) -> None:
    server.on(
        CHAT, stream(chat_chunks("first E", "xit", " second ", "EN", "D", finish="stop")), stream(chat_chunks("first E"))
    )
    pieces, result = await streamed(tgi, extra_create_args={"stop": ["END"]})
    assert "".join(pieces) == result.content == "first Exit second "
    pieces, result = await streamed(tgi, extra_create_args={"stop": ["END"]})
    assert "".join(pieces) == result.content == "first E"
    assert server.bodies(CHAT)[0]["stop"] == ["END"]


class Place(BaseModel):
    city: str


async def test_json_by_a_schema(server: Server, tgi: TGIBackend) -> None:
    server.on(CHAT, stream(chat_chunks('{"city":"Puno"}')), reply({**recorded("chat")}))
    _, result = await streamed(tgi, json_output=Place)
    assert Place.model_validate_json(result.content).city == "Puno"
    openais = {"type": "json_schema", "json_schema": {"name": "place", "schema": Place.model_json_schema()}}
    await tgi.client.create(QUESTION, extra_create_args={"response_format": openais})
    first, second = server.bodies(CHAT)
    assert first["response_format"] == {"type": "json", "value": Place.model_json_schema()}
    assert second["response_format"]["value"] == {"name": "place", "schema": Place.model_json_schema()}
    with pytest.raises(UsageError, match="by a schema only"):
        await tgi.client.create(QUESTION, json_output=True)


async def test_a_tool_is_called_its_result_goes_back_and_one_can_be_forced(server: Server, tgi: TGIBackend) -> None:
    server.on(CHAT, stream(chat_chunks("14 degrees.")))
    call = FunctionCall(id="0", name="get_current_weather", arguments='{"location":"Puno"}')
    turn = [
        *QUESTION,
        AssistantMessage(content=[call], source="writer"),
        FunctionExecutionResultMessage(
            content=[FunctionExecutionResult(content="14", name=call.name, call_id="0", is_error=False)]
        ),
    ]
    _, result = await streamed(tgi, turn, tools=[WEATHER], tool_choice="none")
    assert result.content == "14 degrees."
    _, called, returned = server.bodies(CHAT)[0]["messages"]
    assert called["tool_calls"][0]["function"] == {"name": call.name, "arguments": call.arguments}
    assert (returned["role"], returned["content"]) == ("tool", "14")


async def test_the_token_goes_along(
    server: Server, open_tgi: Callable[..., TGIBackend], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_TGI_TOKEN", "s3cret")
    tgi = open_tgi(token_env="MY_TGI_TOKEN")
    server.on(CHAT, stream(chat_chunks("a")), reply(recorded("chat")))
    await streamed(tgi)
    await tgi.client.create(QUESTION)
    assert {request.headers["authorization"] for request in server.requests if request.path == CHAT} == {"Bearer s3cret"}


async def test_what_the_client_library_cannot_read_is_read_without_it(server: Server, tgi: TGIBackend) -> None:
    completion = recorded("chat")
    del completion["system_fingerprint"], completion["id"]  # which the library insists on
    server.on(CHAT, reply(completion))
    assert (await tgi.client.create(QUESTION)).finish_reason == "length"
    assert (await tgi.client.create(QUESTION)).finish_reason == "length"
    assert len(server.bodies(CHAT)) == 3  # once by the library and again, then at once without it


async def test_a_redirect_takes_no_passages_elsewhere(server: Server, open_tgi: Callable[..., TGIBackend]) -> None:
    elsewhere = f"{server.url}/elsewhere"
    tgi = open_tgi()
    server.on(CHAT, reply(b"", 307, Location=elsewhere))
    server.on("/generate", reply(b"", 308, Location=elsewhere))
    with pytest.raises(BackendUnreachable, match="sends its callers on to"):
        await streamed(tgi)
    with pytest.raises(BackendUnreachable, match="sends its callers on to"):
        await tgi.client.create(QUESTION)
    with pytest.raises(BackendUnreachable, match="sends its callers on to"):
        await tgi.raw.complete(RawRequest("So"))
    assert not any(request.path == "/elsewhere" for request in server.requests)


async def test_a_token_that_the_server_repeats_is_blotted_out(
    server: Server, open_tgi: Callable[..., TGIBackend], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_TGI_TOKEN", "s3cret-token")
    tgi = open_tgi(token_env="MY_TGI_TOKEN")
    echo = {"error": "s3cret-token is not allowed", "error_type": "generation"}
    server.on(CHAT, stream([echo]), reply(echo, 424), reply(b"<p>s3cret-token</p>", 502, "text/html"))
    for call in (streamed(tgi), tgi.client.create(QUESTION), streamed(tgi)):
        with pytest.raises(BackendFailed, match="•••"):
            await call
