"""HTTP clients for servers that are asked for an answer, and trusted with nothing else.

What is asked holds questions and passages, so it goes to the address that was set and nowhere else: a redirect is not
followed, and a proxy is not used on this machine. What comes back has bounds, counted as it is after decompression: an
answer of more bytes, or one that trickles for longer, is an error, and the body of an error ends at what anybody would read.
"""

from __future__ import annotations

import os
import time
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import httpx

from .redaction import redact
from .text import one_line, size

LOOK_BYTES = 8 << 20  # for a list or a description
ANSWER_BYTES = 64 << 20  # for an answer, or a batch of vectors
_ERROR_BYTES = 64 << 10
_ERROR_S = 5.0
_PIECE_BYTES = 1 << 20  # decompressed at once
# No connection is kept for the next question: a server may have dropped it in between, at the very moment of asking.
_LIMITS = httpx.Limits(max_keepalive_connections=0)


class RefusedAnswer(httpx.HTTPError):
    """What the server sent is not read on."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much of an answer is read. `total_s`: from the beginning of its body; None: as long as it is not silent."""

    max_bytes: int = LOOK_BYTES
    total_s: float | None = None


class AsyncClient(httpx.AsyncClient):
    """An `httpx.AsyncClient` with these bounds; other options are those of httpx.

    Raises (from all requests, and while a body is read):
        RefusedAnswer: there is too much of it, it takes too long, or the server sends its callers elsewhere.
    """

    def __init__(self, url: str, *, bounds: Bounds, **options: Any) -> None:
        super().__init__(trust_env=not is_loopback(url), limits=_LIMITS, **_with_identity(options))
        self._bounds = bounds

    async def send(self, request: httpx.Request, *, stream: bool = False, **options: Any) -> httpx.Response:
        response = await super().send(request, stream=True, **options)
        try:
            response.stream = _AsyncBody(response, _reader(response, self._bounds))
            if not stream:
                await response.aread()
        except BaseException:
            await response.aclose()
            raise
        return response


class Client(httpx.Client):
    """The same for threads."""

    def __init__(self, url: str, *, bounds: Bounds, **options: Any) -> None:
        super().__init__(trust_env=not is_loopback(url), limits=_LIMITS, **_with_identity(options))
        self._bounds = bounds

    def send(self, request: httpx.Request, *, stream: bool = False, **options: Any) -> httpx.Response:
        response = super().send(request, stream=True, **options)
        try:
            response.stream = _Body(response, _reader(response, self._bounds))
            if not stream:
                response.read()
        except BaseException:
            response.close()
            raise
        return response


def is_loopback(url: str) -> bool:
    """Whether it is an address of this machine, where a proxy has no business."""
    host = (urlsplit(url).hostname or "").rstrip(".")
    try:
        address = ip_address(host)
    except ValueError:
        short = host.startswith("127.") and host.replace(".", "").isdigit()  # 127.1
        return short or host == "localhost" or host.endswith(".localhost")
    address = getattr(address, "ipv4_mapped", None) or address
    return address.is_loopback or address.is_unspecified


@contextmanager
def past_proxies(url: str) -> Iterator[None]:
    """Clients that a library makes inside ask an address of this machine without the environment's proxies."""
    before = os.environ.get("no_proxy")
    if is_loopback(url):
        others = before or os.environ.get("NO_PROXY") or ""
        os.environ["no_proxy"] = f"{others},{urlsplit(url).hostname}".lstrip(",")
    try:
        yield
    finally:
        if before is not None:
            os.environ["no_proxy"] = before
        else:
            os.environ.pop("no_proxy", None)


class _Reader:
    """Counts and decompresses what comes. `tolerant`: what is too much is left out, and no error."""

    def __init__(self, bounds: Bounds, encoding: str, *, tolerant: bool) -> None:
        self.tolerant = tolerant
        self.deadline = time.monotonic() + bounds.total_s if bounds.total_s is not None else None
        self._max_bytes = bounds.max_bytes
        self._count = 0
        self._decompressor = zlib.decompressobj(zlib.MAX_WBITS | 32) if encoding else None

    def pieces(self, block: bytes) -> Iterator[bytes]:
        """The content of one block, in pieces of bounded size.

        Raises:
            RefusedAnswer: there is too much, or it is not what its headers say.
        """
        if self.deadline is not None and time.monotonic() > self.deadline:
            raise RefusedAnswer("it takes too long over its answer")
        for piece in [block] if self._decompressor is None else self._decompressed(block):
            self._count += len(piece)
            if self._count > self._max_bytes:
                raise RefusedAnswer(f"it sent more than {size(self._max_bytes)}")
            yield piece

    def _decompressed(self, block: bytes) -> Iterator[bytes]:
        assert self._decompressor is not None
        while block:
            try:
                piece = self._decompressor.decompress(block, _PIECE_BYTES)
            except zlib.error as error:
                raise RefusedAnswer(f"its answer cannot be decompressed: {error}") from error
            block = self._decompressor.unconsumed_tail
            if piece:
                yield piece


class _AsyncBody(httpx.AsyncByteStream):
    def __init__(self, response: httpx.Response, reader: _Reader) -> None:
        assert isinstance(response.stream, httpx.AsyncByteStream)
        self._stream = response.stream
        self._reader = reader

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for block in self._stream:
                for piece in self._reader.pieces(block):
                    yield piece
        except RefusedAnswer:
            if not self._reader.tolerant:
                raise

    async def aclose(self) -> None:
        await self._stream.aclose()


class _Body(httpx.SyncByteStream):
    def __init__(self, response: httpx.Response, reader: _Reader) -> None:
        assert isinstance(response.stream, httpx.SyncByteStream)
        self._stream = response.stream
        self._reader = reader

    def __iter__(self) -> Iterator[bytes]:
        try:
            for block in self._stream:
                yield from self._reader.pieces(block)
        except RefusedAnswer:
            if not self._reader.tolerant:
                raise

    def close(self) -> None:
        self._stream.close()


def _with_identity(options: dict[str, Any]) -> dict[str, Any]:
    """Nobody needs to compress an answer for us."""
    return {**options, "headers": {"Accept-Encoding": "identity", **(options.get("headers") or {})}}


def _reader(response: httpx.Response, bounds: Bounds) -> _Reader:
    """How the body of a response is read.

    Raises:
        RefusedAnswer: it is a redirect, or compressed in a way that we have not asked for.
    """
    location = response.headers.get("location", "")
    if 300 <= response.status_code < 400 and location:
        target = one_line(redact(str(response.request.url.join(location)) if response.request else location), 200)
        raise RefusedAnswer(
            f"it sends its callers on to {target}, and nothing was sent there: if that is right, set it as `url`"
        )
    encoding = response.headers.pop("content-encoding", "").strip().lower()
    if encoding not in ("", "identity", "gzip", "x-gzip", "deflate"):
        raise RefusedAnswer(f"its answer is compressed ({one_line(encoding, 40)}), which was not asked for")
    if response.status_code >= 400:
        return _Reader(Bounds(_ERROR_BYTES, _ERROR_S), encoding.removeprefix("identity"), tolerant=True)
    return _Reader(bounds, encoding.removeprefix("identity"), tolerant=False)
