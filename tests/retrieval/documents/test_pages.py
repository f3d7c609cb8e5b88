"""An address is read as what its server calls it, within bounds, and a refusal says why."""

import asyncio
import gzip
import http.server
import threading
from collections.abc import Iterator
from importlib.resources import files

import pytest
from ayllu.retrieval import IngestOptions, Library
from ayllu.retrieval.documents import pages
from ayllu.retrieval.documents.pages import fetch
from ayllu.retrieval.documents.parsers import Unreadable, parse

PDF = files("ayllu.retrieval").joinpath("sample/solar-dryer.pdf").read_bytes()
DOCX = files("ayllu.retrieval").joinpath("sample/insurance.docx").read_bytes()
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MARKUP = b"<html><body><p>Basil &amp; mint</p></body></html>"
ADDRESSES: dict[str, tuple[str | None, bytes]] = {
    "/report?id=7": ("application/pdf", PDF),
    "/download": ("application/octet-stream", PDF),
    "/page.html": ("text/html", PDF),
    "/letter": (WORD, DOCX),
    "/notes": ("text/plain; charset=utf-8", MARKUP),
    "/raw/page.html": ("text/plain", MARKUP),
    "/raw/readme.md": ("text/plain", b"# Head\n\nBasil & mint"),
    "/raw/table.csv": ("text/plain", b"herb,taste\nbasil,sweet\n"),
    "/article": ("text/html", MARKUP),
    "/article.v2": ("text/html; charset=UTF-8", MARKUP),
    "/bare": (None, MARKUP),
    "/bare.txt": (None, b"Basil & mint"),
    "/data": ("application/json", b'{"herb": "basil"}'),
    "/latin": ("text/plain; charset=iso-8859-1", "Zoë".encode("latin-1")),
    "/cyrillic": ("text/html; charset=koi8-r", "<p>мята</p>".encode("koi8-r")),
    "/meta": ("text/html; charset=utf-8", '<meta charset="latin-1"><p>Zoë</p>'.encode()),
    "/wrong": ("text/plain; charset=nonsense", "Zoë".encode()),
    "/picture": ("image/png", b"\x89PNG\r\n\x1a\n" + bytes(100)),
    "/not-a-pdf": ("application/pdf", MARKUP),
    "/large": ("text/plain", b"x" * 200_000),
}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/moved":
                self.send_response(302)
                self.send_header("Location", "/report?id=7")
                self.end_headers()
            elif self.path == "/circle":
                self.send_response(302)
                self.send_header("Location", "/circle")
                self.end_headers()
            elif self.path == "/sitemap.xml":
                here = f"http://127.0.0.1:{self.server.server_address[1]}"
                self.send_response(200)
                self.end_headers()
                self.wfile.write(
                    f"<sitemapindex><sitemap><loc>{here}/sitemap-1.xml.gz</loc></sitemap></sitemapindex>".encode()
                )
            elif self.path == "/sitemap-1.xml.gz":
                here = f"http://127.0.0.1:{self.server.server_address[1]}"
                listed = [
                    f"{here}/article",
                    f"{here}/raw/readme.md#top",
                    "http://elsewhere.example/page",
                    "file:///etc/passwd",
                ]
                self.send_response(200)
                self.end_headers()
                pages_listed = "".join(f"<url><loc>{page}</loc></url>" for page in listed)
                self.wfile.write(gzip.compress(f"<urlset>{pages_listed}</urlset>".encode()))
            elif self.path == "/bomb":
                self.send_response(200)
                self.send_header("Content-Encoding", "gzip")
                self.end_headers()
                self.wfile.write(gzip.compress(bytes(5_000_000)))
            elif self.path in ADDRESSES:
                media_type, content = ADDRESSES[self.path]
                self.send_response(200)
                if media_type:
                    self.send_header("Content-Type", media_type)
                self.end_headers()
                self.wfile.write(content)
            else:
                self.send_error(404)

        def log_message(self, *words: object) -> None: ...

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(
    ("path", "media_type", "text"),
    [
        ("/report?id=7", "application/pdf", "soap leaves a taste"),
        ("/moved", "application/pdf", "soap leaves a taste"),
        ("/download", "application/pdf", "soap leaves a taste"),
        ("/page.html", "application/pdf", "soap leaves a taste"),
        ("/letter", WORD, "Call the emergency"),
        ("/notes", "text/plain", "<p>Basil &amp; mint</p>"),
        ("/raw/page.html", "text/plain", "<p>Basil &amp; mint</p>"),
        ("/raw/readme.md", "text/markdown", "Basil & mint"),
        ("/raw/table.csv", "text/csv", "herb: basil; taste: sweet."),
        ("/article", "text/html", "Basil & mint"),
        ("/article.v2", "text/html", "Basil & mint"),
        ("/bare", "text/html", "Basil & mint"),
        ("/bare.txt", "text/plain", "Basil & mint"),
        ("/data", "application/json", "basil"),
        ("/latin", "text/plain", "Zoë"),
        ("/cyrillic", "text/html", "мята"),
        ("/meta", "text/html", "Zoë"),
        ("/wrong", "text/plain", "Zoë"),
    ],
)
def test_a_page_is_what_its_server_calls_it(address: str, path: str, media_type: str, text: str) -> None:
    content, kind = fetch(address + path, 1_000_000)
    parsed = parse(address + path, content, kind)
    assert parsed.media_type == media_type
    assert text in parsed.text


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/none", "its server answers 404"),
        ("/large", "it has more than 100 kB"),
        ("/bomb", "it has more than 100 kB"),
        ("/picture", "^it is a PNG picture"),
        ("/not-a-pdf", "its server calls it application/pdf, but it is something else"),
    ],
)
def test_a_page_that_cannot_be_read_says_why(address: str, path: str, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        parse(address + path, *fetch(address + path, 100_000))


def test_a_page_of_this_machine_is_asked_for_past_a_proxy(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with pytest.raises(Unreadable, match="its server answers 404"):
        fetch(f"{address}/none", 1000)


@pytest.mark.parametrize("url", ["http://", "http://[::1", "http://a\ud800b/", "HTTP://:x/"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(Unreadable, match=r"^it could not be fetched: "):
        fetch(url, 1_000)


def test_a_page_that_never_ends_does(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "_LONGEST_S", 0.0)
    with pytest.raises(Unreadable, match="not at its end after"):
        fetch(f"{address}/article", 1_000)


def test_a_page_is_known_again_and_read_anew_when_it_is_forced(library: Library, address: str) -> None:
    for expected in (0, 1):
        report = library.ingest([f"{address}/report?id=7"], collection="c")
        assert (report.documents, report.unchanged, report.failed) == (1, expected, [])
    report = library.ingest([f"{address}/report?id=7"], collection="c", options=IngestOptions(force=True))
    assert (report.unchanged, report.updated) == (0, 1)


def test_nobody_is_led_from_a_public_address_into_a_private_network(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server of this test stands for a public address; what it leads to is private all the same."""
    private = pages._is_private
    named = iter([False])

    async def is_private(host: str) -> bool:
        return next(named, await private(host))

    monkeypatch.setattr(pages, "_is_private", is_private)
    monkeypatch.setattr(pages, "_check_peer", lambda response: None)
    with pytest.raises(Unreadable, match=r"leads to 127\.0\.0\.1, an address within a private network"):
        fetch(f"{address}/moved", 1_000_000)


@pytest.mark.parametrize(
    ("host", "private"),
    [
        ("127.0.0.1", True),
        ("localhost", True),
        ("10.1.2.3", True),
        ("169.254.169.254", True),
        ("192.168.0.1", True),
        ("::1", True),
        ("fd00::1", True),
        ("::ffff:10.0.0.1", True),
        ("0.0.0.0", True),
        ("100.64.0.1", True),
        ("8.8.8.8", False),
        ("2606:4700::1111", False),
    ],
)
def test_private_addresses_are_known_however_they_are_written(host: str, private: bool) -> None:
    assert asyncio.run(pages._is_private(host)) is private


def test_who_answers_is_looked_at_as_well(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def is_private(host: str) -> bool:
        return False  # as if its name had stood for another address when it was looked up

    monkeypatch.setattr(pages, "_is_private", is_private)
    with pytest.raises(Unreadable, match="private network"):
        fetch(f"{address}/article", 1_000_000)


def test_a_circle_of_redirects_ends(address: str) -> None:
    with pytest.raises(Unreadable, match="on and on"):
        fetch(f"{address}/circle", 1_000)


def test_a_sitemap_stands_for_the_pages_of_its_site(library: Library, address: str) -> None:
    report = library.ingest([f"{address}/sitemap.xml"], collection="c")
    assert (report.documents, report.failed) == (2, [])
    sources = {source.source for source in library.sources("c")}
    assert sources == {f"{address}/article", f"{address}/raw/readme.md"}
