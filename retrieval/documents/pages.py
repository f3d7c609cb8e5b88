"""What an address gives: fetched within bounds, and read as what its server says that it is.

Who names a public address is not led into a network of their own: no redirect, and no name, may end at a private address.
What the person names may be private itself. A login goes to the server it was given for, and no other.
"""

from __future__ import annotations

import asyncio
import codecs
import json
import socket
import urllib.request
import zlib
from collections.abc import AsyncIterator, Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from email.message import Message
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ...text import one_line, size
from .parsers import Format, Unreadable, choose

if TYPE_CHECKING:
    import httpx

_SILENCE_S = 20.0  # of a server
_LONGEST_S = 300.0  # for one page with all its redirects, however steadily it drips
_MOST_REDIRECTS = 10
_TICK_S = 0.1
_NOT_MODIFIED = 304
_LONGEST_VALIDATOR = 500  # characters
_PIECE_BYTES = 1 << 20  # decompressed at once: a few kilobytes can hold gigabytes
_BYTE_ORDER_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_HEADERS = {"User-Agent": "Mozilla/5.0 (compatible; ayllu document reader)", "Accept-Encoding": "gzip, deflate"}
_MEANT = {"iso8859-1": "cp1252", "ascii": "cp1252"}  # what pages of these names really are (WHATWG Encoding Standard)


@dataclass(frozen=True, slots=True)
class Response:
    """What an address gave. `validators`: by what its server told its state (RFC 9110, 13.1), as JSON; empty for nothing."""

    content: bytes
    content_type: str  # what its server calls it
    path: str  # that it came from in the end
    validators: str = ""
    is_same: bool = False  # it is in the state that was named, and nothing was sent


def fetch(url: str, max_bytes: int) -> tuple[bytes, Format]:
    """The content of a page and what it is to be read as; text in another encoding than UTF-8 comes back in UTF-8.

    Raises:
        Unreadable: there are more than `max_bytes`, or the address gives nothing.
    """
    return interpret(fetch_raw(url, max_bytes))


def fetch_raw(url: str, max_bytes: int, validators: str = "", on_wait: Callable[[], None] | None = None) -> Response:
    """What an address gives, unless it is still in the state of `validators`. Raises as `fetch` does.

    `on_wait` is called several times a second meanwhile, and may raise.
    """
    import httpx

    try:
        return _run(_fetch(url, max_bytes, validators), on_wait)
    except TimeoutError as error:
        raise Unreadable(f"it could not be fetched: it was not at its end after {_LONGEST_S:.0f} s") from error
    except httpx.HTTPStatusError as error:
        raise Unreadable(f"it could not be fetched: its server answers {error.response.status_code}") from error
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:  # httpx lets bad host names through to the codecs
        raise Unreadable(f"it could not be fetched: {error or type(error).__name__}") from error


def _run(work: Coroutine[None, None, Response], on_wait: Callable[[], None] | None) -> Response:
    """In a loop of its own, so that one limit of time covers everything: names looked up, redirects, headers and content."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(_waited(work, on_wait))
    with ThreadPoolExecutor(1) as executor:
        return executor.submit(asyncio.run, _waited(work, on_wait)).result()


async def _waited(work: Coroutine[None, None, Response], on_wait: Callable[[], None] | None) -> Response:
    task = asyncio.create_task(work)
    try:
        while on_wait is not None and not task.done():
            on_wait()
            await asyncio.wait({task}, timeout=_TICK_S)
        return await task
    finally:
        task.cancel()


async def _fetch(url: str, max_bytes: int, validators: str) -> Response:
    import httpx

    from ...http_clients import is_loopback

    async with (
        asyncio.timeout(_LONGEST_S),
        httpx.AsyncClient(timeout=_SILENCE_S, trust_env=not is_loopback(url), headers=_HEADERS) as client,
    ):
        request = client.build_request("GET", url, headers=json.loads(validators or "{}"))
        keeps_out = not await _is_private(urlsplit(url).hostname or "")
        for _ in range(_MOST_REDIRECTS + 1):
            response = await client.send(request, stream=True)
            try:
                if keeps_out:
                    _check_peer(response)
                if response.status_code == _NOT_MODIFIED and validators:
                    return Response(b"", "", response.url.path, validators, is_same=True)
                if response.next_request is None:
                    response.raise_for_status()
                    content = await _read(response, max_bytes)
                    kind = response.headers.get("content-type", "")
                    return Response(content, kind, response.url.path, _validators_of(response))
                request = response.next_request
            finally:
                await response.aclose()
            if keeps_out and await _is_private(request.url.host):
                raise _led_astray(request.url.host)
        raise Unreadable(f"it could not be fetched: it leads on and on, more than {_MOST_REDIRECTS} times")


def _validators_of(response: httpx.Response) -> str:
    """The headers of the next request for the same; a server that names its content by a tag is asked by that alone."""
    for header, condition in (("etag", "If-None-Match"), ("last-modified", "If-Modified-Since")):
        value = response.headers.get(header, "")
        if value and value.isascii() and value.isprintable() and len(value) <= _LONGEST_VALIDATOR:
            return json.dumps({condition: value})
    return ""


async def _read(response: httpx.Response, max_bytes: int) -> bytes:
    content = bytearray()
    async for piece in _decompressed(response):
        content += piece
        if len(content) > max_bytes:
            raise Unreadable(f"it has more than {size(max_bytes)}")
    return bytes(content)


async def _decompressed(response: httpx.Response) -> AsyncIterator[bytes]:
    """The body in pieces of bounded size."""
    encoding = response.headers.get("content-encoding", "").strip().lower()
    if encoding in {"", "identity"}:
        async for block in response.aiter_raw():
            yield block
        return
    if encoding not in {"gzip", "x-gzip", "deflate"}:
        raise Unreadable(f"it could not be fetched: it is compressed ({one_line(encoding, 40)}), which was not asked for")
    decompressor = zlib.decompressobj(zlib.MAX_WBITS | 32)
    async for block in response.aiter_raw():
        while block:
            try:
                piece = decompressor.decompress(block, _PIECE_BYTES)
            except zlib.error as error:
                raise Unreadable(f"it could not be fetched: it cannot be decompressed: {error}") from error
            block = decompressor.unconsumed_tail
            yield piece


async def _is_private(host: str) -> bool:
    """Whether a host, or any address that its name stands for, is of a network of one's own; False where nobody knows it."""
    from ...http_clients import is_loopback

    if is_loopback(f"http://{f'[{host}]' if ':' in host else host}/"):
        return True
    try:
        return _is_inner(host)
    except ValueError:
        pass
    try:
        addresses = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return False
    return any(_is_inner(str(address[0]).partition("%")[0]) for *_, address in addresses)


def _is_inner(address: str) -> bool:
    """Raises ValueError: it is no address of the Internet Protocol."""
    number = ip_address(address.strip("[]"))
    number = getattr(number, "ipv4_mapped", None) or number
    return not number.is_global or number.is_multicast


def _check_peer(response: httpx.Response) -> None:
    """A name may stand for another address when it is asked for again, so who answered is looked at as well."""
    url = response.url
    if urllib.request.getproxies().get(url.scheme) and not urllib.request.proxy_bypass(url.host):
        return  # that is the proxy
    stream = response.extensions.get("network_stream")
    peer = stream.get_extra_info("server_addr") if stream is not None else None
    if peer and _is_inner(str(peer[0]).partition("%")[0]):
        raise _led_astray(url.host)


def _led_astray(host: str) -> Unreadable:
    return Unreadable(
        f"it leads to {one_line(host, 100)}, an address within a private network; name that address itself if you trust it"
    )


def interpret(response: Response) -> tuple[bytes, Format]:
    """See `fetch`."""
    content = response.content
    header = Message()
    header["content-type"] = response.content_type or "application/octet-stream"
    kind = choose(content, response.path, header.get_content_type())
    charset = header.get_content_charset()
    return (_as_utf8(content, charset) if charset and kind.signature is None else content), kind


def _as_utf8(content: bytes, charset: str) -> bytes:
    """`content` with a mark that it is UTF-8, where it is what its server says; as it was, where not."""
    if content.startswith(_BYTE_ORDER_MARKS):
        return content
    try:
        name = codecs.lookup(charset).name
        return codecs.BOM_UTF8 + content.decode(_MEANT.get(name, name)).encode("utf-8")
    except (LookupError, ValueError):
        return content
