"""What of a page is no content: measured in one pass, and decided by names only where the measures agree.

Class names differ from site to site, and `nav`, `aside`, `header` and `form` are put around anything, so a name alone takes
nothing away that holds most of the page's words, unless those are links. What is hidden, drawn or run is never content.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields
from enum import StrEnum
from itertools import islice
from operator import sub

from .tree import Element
from .walking import END, START, Walk

NEVER = frozenset(
    (
        "script style template svg head iframe object embed applet canvas audio video map noframes select option"
        " datalist input textarea dialog progress meter rp rt link meta base param source track area colgroup col"
    ).split()
)
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_INLINE = frozenset(
    (
        "a abbr acronym b bdi bdo big br cite code data del dfn em font i img ins kbd label mark q rb rt ruby s samp"
        " small span strike strong sub sup time tt u var wbr math"
    ).split()
)
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_NAVIGATION = frozenset(
    (
        "sphinxsidebar related navheader navfooter docnav breadcrumb breadcrumbs pagination pager navbar nav-panel"
        " mw-editsection navbox catlinks skip-link skiplink noprint genindex-jumpbox cookie-banner cookie-consent mw-"
        " jump-link"
    ).split()
)
_CONTENTS = frozenset(
    (
        "toc toctree-wrapper contents local-toc table-of-contents index indexdiv genindextable modindextable list-of-"
        " figures list-of-tables menu detailmenu shortcontents summarycontents"
    ).split()
)
_SUSPECT = re.compile(
    r"(?:^|[\s_-])(?:nav|navi|navigation|menu|sidebar|breadcrumbs?|footer|header|banner|share|social|cookies?|pag(?:er|ination)"
    r"|promo|related|recommend\w*|skip)(?:$|[\s_-])",
    re.I,
)
_NAVIGATING = frozenset({"navigation", "menu", "menubar", "toolbar", "search", "tablist"})
_LISTING = frozenset({"doc-toc", "doc-index", "doc-pagelist"})
_IMPRINT = re.compile(
    r"©|\(c\)|copyright|all rights reserved|last (?:updated|modified)|created using|powered by|generated (?:by|on)", re.I
)
_STEPPING = frozenset({"prev", "previous", "next", "up"})
_MEASURED = frozenset({"table", "nav", "header", "footer", "noscript"})
_LONGEST_BUTTON = 15  # characters; "Copy", but not the question that opens its answer
_LISTS = frozenset({"ul", "ol", "dl", "table", "div", "section", "main"})


class Fate(StrEnum):
    DROPPED = "dropped"
    FURNITURE = "furniture"


@dataclass(slots=True)
class Measure:
    """What stands in an element, in characters without the spaces around, and in counts."""

    chars: int = 0
    linked: int = 0  # of the characters
    links: int = 0
    inner_links: int = 0  # to a place of this very page
    headings: int = 0
    tables: int = 0
    rows: int = 0
    cells: int = 0
    head_cells: int = 0
    divided: int = 0  # what does not fit into a cell of values: `pre`, lists, headings

    @property
    def link_share(self) -> float:
        return self.linked / self.chars if self.chars else 0.0


_FIELDS = [entry.name for entry in fields(Measure)]
_CHARS, _LINKED, _LINKS, _INNER_LINKS, _HEADINGS, _TABLES, _ROWS, _CELLS, _HEAD_CELLS, _DIVIDED = range(len(_FIELDS))


@dataclass(slots=True)
class Survey:
    """`fates`: of elements that are no content; `tables`: what each table holds; `page`: what all of it holds."""

    page: Measure
    fates: dict[Element, Fate] = field(default_factory=dict)
    tables: dict[Element, Measure] = field(default_factory=dict)


def survey(root: Element, *, title: str = "", keep_all: bool = False) -> Survey:
    """Look at all of a page once. `title` says whether it is an index; `keep_all`: only what nobody sees is no content."""
    total = [0] * len(_FIELDS)  # by the places of `_FIELDS`, so far
    result = Survey(Measure())
    measured: list[tuple[Element, Measure, bool]] = []  # with: within an article
    open_elements: list[list[int]] = []  # what `total` was where they began
    links = articles = 0
    walker = Walk(root)
    for event, element in walker:
        if event == START:
            tag = element.tag
            if tag in NEVER or is_hidden(element) or (tag == "button" and _is_control(element)):
                result.fates[element] = Fate.DROPPED
                walker.skip(element)
                _count(total, element.tail, links)
                continue
            if tag == "a":
                if is_permalink(element):
                    result.fates[element] = Fate.DROPPED
                    walker.skip(element)
                    _count(total, element.tail, links)
                    continue
                links += 1
                total[_LINKS] += 1
                total[_INNER_LINKS] += (element.get("href") or "").startswith("#")
                if not keep_all and _steps(element) and (bar := element.getparent()) is not None:
                    result.fates.setdefault(bar, Fate.DROPPED)  # taken back below where it is more than a bar
            elif tag not in _INLINE:
                open_elements.append(total[:])
                articles += tag in {"article", "main"}
                if tag in HEADINGS:
                    total[_HEADINGS] += 1
                    total[_DIVIDED] += 1
                elif tag in {"td", "th"}:
                    total[_CELLS] += 1
                    total[_HEAD_CELLS] += tag == "th"
                elif tag == "tr":
                    total[_ROWS] += 1
                elif tag == "table":
                    total[_TABLES] += 1
                elif tag in {"pre", "ul", "ol", "dl"}:
                    total[_DIVIDED] += 1
            _count(total, element.text, links)
        elif event == END:
            tag = element.tag
            if tag == "a":
                links -= 1
            elif tag not in _INLINE:
                start = open_elements.pop()
                articles -= tag in {"article", "main"}
                if total[_LINKS] > start[_LINKS] or tag in _MEASURED or element in result.fates:
                    measure = Measure(*map(sub, total, start))
                    if tag == "table":
                        result.tables[element] = measure
                    measured.append((element, measure, articles > 0))
            _count(total, element.tail, links)
        else:
            _count(total, element.tail, links)
    result.page = page = Measure(*total)
    if keep_all:
        return result
    for element, measure, in_article in measured:
        fate = _fate(element, measure, page, in_article=in_article)
        if fate is not None:
            result.fates[element] = fate
        elif element in result.fates and (measure.chars > 300 or measure.link_share < 0.5):
            del result.fates[element]
    if _is_index(title, page):
        result.fates[root] = Fate.FURNITURE
    return result


def is_hidden(element: Element) -> bool:
    get = element.get
    if (hidden := get("hidden")) is not None and hidden != "until-found":
        return True
    if (style := get("style")) and _HIDDEN_STYLE.search(style):
        return True
    names = get("class")
    return names is not None and ("katex-html" in names or "MathJax_Preview" in names or "linenos" in names.split())


def _is_control(button: Element) -> bool:
    words = [button.text or "", *(f"{child.text or ''}{child.tail or ''}" for child in button[:8])]
    return len("".join(words).strip()) <= _LONGEST_BUTTON and button.getparent().tag not in HEADINGS


def is_permalink(element: Element) -> bool:
    """A sign to click on that stands for the place itself: "¶", "#", "↩"."""
    attributes = element.attrib
    names = attributes.get("class") or ""
    if "headerlink" in names or "permalink" in names:
        return True
    if len(element) or not (attributes.get("href") or "").startswith("#"):
        return False
    text = (element.text or "").strip()
    return len(text) <= 2 and bool(text) and text in "¶#§🔗↩︎↑^⏎"


def _count(total: list[int], text: str | None, links: int) -> None:
    if text and (size := len(text.strip())):
        total[_CHARS] += size
        if links:
            total[_LINKED] += size


def _steps(link: Element) -> bool:
    attributes = link.attrib
    if attributes.get("rel") in _STEPPING:
        return True
    key = attributes.get("accesskey")
    return key is not None and key.lower() in {"n", "p", "u"}


def _fate(element: Element, measure: Measure, page: Measure, *, in_article: bool) -> Fate | None:
    tag = element.tag
    attributes = element.attrib
    names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
    words = set(names.split())
    role = attributes.get("role") or ""
    share = measure.chars / page.chars if page.chars else 0.0
    is_most = share > 0.5
    linked = measure.link_share
    if role in _LISTING or (words & _CONTENTS and linked >= 0.5 and measure.links > 1):
        return Fate.FURNITURE
    if tag == "nav" or role in _NAVIGATING or words & _NAVIGATION:
        return Fate.DROPPED if not is_most or (linked > 0.7 and measure.links >= 5) else None
    if tag in _LISTS and measure.links >= 8 and linked >= 0.8 and measure.inner_links >= 0.8 * measure.links:
        return Fate.FURNITURE
    if tag in {"ul", "ol", "dl", "table"} and measure.links >= 100 and linked >= 0.7:
        return Fate.FURNITURE
    if is_most:
        return None
    if tag == "noscript":
        return Fate.DROPPED
    if (tag == "header" or role == "banner") and not in_article:
        return Fate.DROPPED if linked >= 0.5 or not measure.headings else None
    if tag == "footer" or role == "contentinfo" or "footer" in words:
        imprint = _IMPRINT.search("".join(islice(element.itertext(), 200))) if measure.chars < 5000 else None
        return Fate.FURNITURE if linked >= 0.5 or imprint else None
    if linked >= 0.6 and (tag == "aside" or _SUSPECT.search(names)):
        return Fate.DROPPED
    return None


def _is_index(title: str, page: Measure) -> bool:
    named = re.match(
        r"(?:general |subject |symbol |keyword )?index\b|(?:table of )?contents\b|search\b", title.strip(), re.I
    )
    return bool(named) and page.link_share > 0.6 and page.links >= 20
