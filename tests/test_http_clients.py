"""Servers that answer too much, too long, or from somewhere else."""

import asyncio
import threading
import zlib
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.request import proxy_bypass

import httpx
import pytest
from ayllu.http_clients import AsyncClient, Bounds, Client, RefusedAnswer, is_loopback, past_proxies

MEGABYTE = b"\0" * (1 << 20)
SMALL = Bounds(4 << 20, 5.0)


def gzipped(blocks: int) -> bytes:
    squeeze = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
    return b"".join([*(squeeze.compress(MEGABYTE) for _ in range(blocks)), squeeze.flush()])


@asynccontextmanager
async def serving(head: str, body: Sequence[bytes], *, endless: bool = False, pause_s: float = 0.0) -> AsyncIterator[str]:
    """A server whose answer is `body`, over and over where it is `endless`. Yields its address."""
    handlers: list[asyncio.Task[None] | None] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        handlers.append(asyncio.current_task())
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(f"HTTP/1.1 {head}\r\nConnection: close\r\n\r\n".encode())
            while True:
                for block in body:
                    writer.write(block)
                    await writer.drain()
                    await asyncio.sleep(pause_s)
                if not endless:
                    break
        except ConnectionError:
            pass  # the client has had enough
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        await asyncio.wait_for(asyncio.gather(*filter(None, handlers)), 10)  # none writes on to nobody
        await asyncio.sleep(0)


async def get(url: str, bounds: Bounds = SMALL) -> httpx.Response:
    async with AsyncClient(url, bounds=bounds, timeout=5) as client:
        return await client.get(url)


@pytest.mark.parametrize("encoding", ["", "\r\nContent-Encoding: gzip"])
async def test_an_answer_without_end_is_not_read_on(encoding: str) -> None:
    body = [MEGABYTE] if not encoding else [gzipped(64)]
    async with serving(f"200 OK{encoding}", body, endless=not encoding) as url:
        with pytest.raises(RefusedAnswer, match=r"more than 4 MB"):
            await get(url)


async def test_a_compressed_answer_is_read_though_none_was_wished_for() -> None:
    async with serving("200 OK\r\nContent-Encoding: gzip", [gzipped(2)]) as url:
        assert (await get(url)).content == MEGABYTE * 2
    async with serving("200 OK\r\nContent-Encoding: br", [b"?"]) as url:
        with pytest.raises(RefusedAnswer, match="compressed"):
            await get(url)
    async with serving("200 OK\r\nContent-Encoding: gzip", [b"no gzip"]) as url:
        with pytest.raises(RefusedAnswer, match="decompressed"):
            await get(url)


async def test_of_an_error_only_its_beginning_is_read() -> None:
    async with serving("500 Broken", [b"too hot. ", MEGABYTE], endless=True) as url:
        answer = await get(url)
    assert answer.content.startswith(b"too hot. ")
    assert len(answer.content) <= 64 << 10


async def test_an_answer_that_trickles_for_ever_ends() -> None:
    async with serving("200 OK", [b" "], endless=True, pause_s=0.01) as url:
        with pytest.raises(RefusedAnswer, match="too long"):
            await get(url, Bounds(4 << 20, 0.2))


async def test_a_redirect_is_told_of_and_not_followed() -> None:
    async with (
        serving("200 OK", [b"stolen"]) as elsewhere,
        serving(f"307 Elsewhere\r\nLocation: {elsewhere.replace('//', '//ana:pw@')}/v2", []) as url,
        AsyncClient(url, bounds=SMALL, timeout=5) as client,
    ):
        with pytest.raises(RefusedAnswer, match=r"sends its callers on to http://•••@127") as caught:
            await client.post(url, json={"passages": "secret"})
        assert "/v2" in str(caught.value)
        await asyncio.to_thread(httpx.get, elsewhere, trust_env=False)  # its first caller


@pytest.fixture
def endless_server() -> Iterator[str]:
    class Endless(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            try:
                while True:
                    self.wfile.write(MEGABYTE)
            except ConnectionError:
                pass

        def log_message(self, *args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Endless) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_thread_has_the_same_bounds(endless_server: str) -> None:
    with Client(endless_server, bounds=SMALL, timeout=5) as client, pytest.raises(RefusedAnswer, match="more than 4 MB"):
        client.get(endless_server)


def test_a_proxy_is_for_other_machines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example:3128")
    monkeypatch.delenv("NO_PROXY", raising=False)
    with Client("http://127.0.0.1:8080/v1", bounds=SMALL) as near, Client("http://gpu:8080", bounds=SMALL) as far:
        assert not near.trust_env
        assert far.trust_env


@pytest.mark.parametrize(
    "host",
    ["localhost:1", "LOCALHOST.", "llm.localhost", "127.0.1.1", "127.1", "[::1]:8", "0.0.0.0", "[::]", "[::ffff:127.0.0.1]"],
)
def test_an_address_of_this_machine_is_known_however_it_is_written(host: str) -> None:
    assert is_loopback(f"http://{host}/v1")


@pytest.mark.parametrize("host", ["127.0.0.1.example.org", "localhost.example.org", "10.0.0.1", "[2001:db8::1]", "127.gpu"])
def test_another_machine_is_not_taken_for_this_one(host: str) -> None:
    assert not is_loopback(f"http://{host}/v1")


def test_a_librarys_own_client_uses_no_proxy_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "intranet")
    monkeypatch.delenv("no_proxy", raising=False)
    with past_proxies("http://127.0.0.1:8000"):
        assert [bool(proxy_bypass(host)) for host in ("127.0.0.1", "intranet", "gpu")] == [True, True, False]
    with past_proxies("http://gpu:8000"):
        assert not proxy_bypass("gpu")
    assert not proxy_bypass("127.0.0.1")
