"""Addresses on a second ingest, archives that addresses give, and what is heard while a sitemap is read."""

import http.server
import io
import threading
import zipfile
from collections.abc import Iterator

import pytest
from ayllu.retrieval import IngestOptions, Library


class Site(http.server.ThreadingHTTPServer):
    """`pages`: content by path; `requests`: each request with the answer's status."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.pages: dict[str, bytes] = {}
        self.header = "ETag"
        self.requests: list[tuple[str, int]] = []
        self.address = f"http://127.0.0.1:{self.server_port}"


class _Answer(http.server.BaseHTTPRequestHandler):
    server: Site

    def do_GET(self) -> None:
        content = self.server.pages.get(self.path)
        time = f"Mon, 01 Jan 2024 00:00:{len(content or b'') % 60:02} GMT"
        tag = f'"{hash(content)}"' if self.server.header == "ETag" else time
        condition = self.headers.get("If-None-Match" if self.server.header == "ETag" else "If-Modified-Since")
        status = 404 if content is None else 304 if condition == tag else 200
        self.server.requests.append((self.path, status))
        self.send_response(status)
        if self.server.header:
            self.send_header(self.server.header, tag)
        self.end_headers()
        if status == 200:
            self.wfile.write(content or b"")

    def log_message(self, *words: object) -> None: ...


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def packed(**members: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, text in members.items():
            archive.writestr(name.replace("_", "."), text)
    return stream.getvalue()


@pytest.mark.parametrize("header", ["ETag", "Last-Modified"])
def test_a_page_that_its_server_calls_unchanged_is_not_sent_again(library: Library, site: Site, header: str) -> None:
    site.header = header
    site.pages["/tin.md"] = b"# Tin\n\nTin melts early."
    named = [f"{site.address}/tin.md"]
    assert library.ingest(named, collection="c").documents == 1
    assert library.ingest(named, collection="c").unchanged == 1
    assert site.requests == [("/tin.md", 200), ("/tin.md", 304)]
    site.pages["/tin.md"] = b"# Tin\n\nTin melts at 232 degrees."
    report = library.ingest(named, collection="c")
    assert (report.updated, site.requests[-1]) == (1, ("/tin.md", 200))
    assert "232" in library.search("tin", mode="keyword", collection="c")[0].text
    library.ingest(named, collection="c", options=IngestOptions(force=True))
    library.ingest(named, collection="c", options=IngestOptions(chunk_tokens=50))
    assert [status for _, status in site.requests[-2:]] == [200, 200]


def test_a_page_whose_server_tells_no_state_is_compared(library: Library, site: Site) -> None:
    site.header = ""
    site.pages["/tin.md"] = b"Tin melts early."
    for unchanged in (0, 1, 1):
        assert library.ingest([f"{site.address}/tin.md"], collection="c").unchanged == unchanged
    assert [status for _, status in site.requests] == [200, 200, 200]


def test_an_archive_that_an_address_gives_is_read_member_by_member(library: Library, site: Site) -> None:
    site.pages["/files/a.zip"] = packed(tin_md="Tin melts early.", zinc_txt="Zinc melts later.")
    site.pages["/b.zip"] = b"<!doctype html><title>Login</title><p>Log in first."
    named = [f"{site.address}/files/a.zip", f"{site.address}/b.zip", f"{site.address}/none.tar.gz"]
    report = library.ingest(named, collection="c")
    archive = named[0]
    assert set(library.known_sources("c")) == {f"{archive}/tin.md", f"{archive}/zinc.txt", named[1]}
    assert [failure["source"] for failure in report.failed] == [named[2]]
    assert library.search("zinc", mode="keyword", collection="c")[0].source == f"{archive}/zinc.txt"
    site.pages["/files/a.zip"] = packed(tin_md="Tin melts at 232 degrees.", zinc_txt="Zinc melts later.")
    again = library.ingest(named[:1], collection="c")
    assert (again.updated, again.unchanged) == (1, 1)


def test_the_step_is_shown_while_a_sitemap_is_read_and_it_can_be_stopped(library: Library, site: Site) -> None:
    maps = [f"{site.address}/sitemap-{number}.xml" for number in range(3)]
    site.pages["/sitemap.xml"] = f"<sitemapindex>{''.join(f'<loc>{each}</loc>' for each in maps)}</sitemapindex>".encode()
    for number in range(3):
        site.pages[f"/sitemap-{number}.xml"] = f"<urlset><loc>{site.address}/{number}.md</loc></urlset>".encode()
        site.pages[f"/{number}.md"] = f"Herb {number}.".encode()
    steps: list[str] = []
    report = library.ingest(
        [f"{site.address}/sitemap.xml"], collection="c", progress=lambda step, done, total: steps.append(step)
    )
    assert report.documents == 3
    assert f"reading {maps[2]}, 2 pages listed so far" in steps
    before = len(site.requests)
    stopped = library.ingest([f"{site.address}/sitemap.xml"], collection="c", should_stop=lambda: True)
    assert (stopped.interrupted, len(site.requests)) == (True, before)
    assert len(library.known_sources("c")) == 3
