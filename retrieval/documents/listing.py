"""What a person names as a list of documents: folders walked, sitemaps and archives in the form of what they hold."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from .archives import expand_archive
from .omitting import Omissions
from .parsers import Unreadable, holds_members
from .parsers.archive_names import is_archive
from .sitemaps import expand
from .walking import Entry, Item, Missing, local_path, walk

KEPT = "; what was read of it before is kept"
_MOST_FETCHED = 200_000_000  # bytes of an archive
OnStep = Callable[[str], None]


class Lister:
    """Lists documents. Archives that addresses give lie in files as long as it is entered.

    `on_step` is called several times a second with what is being done, and may raise.
    """

    def __init__(self, omissions: Omissions, on_step: OnStep, *, follow_links: bool) -> None:
        self._omissions = omissions
        self._on_step = on_step
        self._follow_links = follow_links
        self._stack = contextlib.ExitStack()
        self._folder: Path | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stack.close()

    def list(
        self, names: Sequence[str], known: Iterable[str], note_failure: Callable[[str, str], None]
    ) -> tuple[list[Item], Collection[Path]]:
        """The documents, and the paths that cannot be looked at, which are noted. `known`: sources read before."""
        items: list[Item] = []
        missing: dict[Path, Missing] = {}
        for walked in walk(names, follow_links=self._follow_links, omissions=self._omissions):
            for entry in [walked] if isinstance(walked, Missing) else self._expanded(walked):
                self._on_step("")
                if isinstance(entry, Missing):
                    missing[local_path(entry.source) or Path(entry.source)] = entry
                else:
                    items.append(entry)
        read_before = {place for source in known if missing for place in (Path(source), *Path(source).parents)}
        for path, entry in missing.items():
            note_failure(entry.source, entry.error + (KEPT if path in read_before else ""))
        return items, missing.keys()

    def _expanded(self, item: Item) -> Iterator[Entry]:
        """What a sitemap or an archive stands for, or the document itself."""
        for entry in expand(item, self._on_step):
            if isinstance(entry, Missing):
                yield entry
            elif entry.address is not None and is_archive(urlsplit(entry.address).path):
                yield from self._fetched(entry, entry.address)
            else:
                yield from expand_archive(entry)

    def _fetched(self, item: Item, address: str) -> Iterator[Entry]:
        """The members of an archive that an address gives."""
        from .pages import fetch_raw

        step = f"fetching {item.source}"
        try:
            content = fetch_raw(address, _MOST_FETCHED, on_wait=lambda: self._on_step(step)).content
        except Unreadable as error:
            yield Missing(item.source, str(error))
            return
        if not holds_members(content):
            yield item  # its parser says what it is
            return
        if self._folder is None:
            self._folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="ayllu-")))
        folder = self._folder / str(len(list(self._folder.iterdir())))
        folder.mkdir()
        place = folder / f"archive{_ending(urlsplit(address).path)}"
        place.write_bytes(content)
        yield from expand_archive(Item(item.source, item.root, address, place=str(place)))


def _ending(path: str) -> str:
    name = path.rpartition("/")[2].lower()
    return next(name[at:] for at in range(len(name)) if name[at] == "." and is_archive(name[at:]))
