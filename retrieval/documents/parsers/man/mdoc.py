"""The macro package `mdoc`, which says what words are: options, arguments, names of other pages."""

from __future__ import annotations

from collections.abc import Mapping

from ..builder import TextBuilder
from ..cell import Cell, place
from ..grid import bars
from .entries import Entries
from .roff import Roff, words

_CLOSING = frozenset(".,;:)]?!")
_OPENING = frozenset("([")
_ENCLOSING: Mapping[str, tuple[str, str]] = {
    "Op": ("[", "]"), "Dq": ("“", "”"), "Sq": ("‘", "’"), "Ql": ("‘", "’"), "Qq": ('"', '"'), "Pq": ("(", ")"),
    "Bq": ("[", "]"), "Brq": ("{", "}"), "Aq": ("<", ">"), "Do": ("“", ""), "Dc": ("", "”"), "Oo": ("[", ""),
    "Oc": ("", "]"), "Po": ("(", ""), "Pc": ("", ")"), "Bo": ("[", ""), "Bc": ("", "]"), "So": ("‘", ""),
    "Sc": ("", "’"), "Ao": ("<", ""), "Ac": ("", ">"), "Qo": ('"', ""), "Qc": ("", '"'), "Bro": ("{", ""),
    "Brc": ("", "}"),
}  # fmt: skip
_SYSTEMS: Mapping[str, str] = {
    "Ux": "UNIX",
    "Bx": "BSD",
    "Fx": "FreeBSD",
    "Nx": "NetBSD",
    "Ox": "OpenBSD",
    "Dx": "DragonFly",
    "At": "AT&T UNIX",
    "Bsx": "BSD/OS",
}
_WORDS = frozenset(
    (
        "Pa Cm Ic Em Sy Li Va Vt Ft Fa Dv Ev Er No Tn Ms Ad Lb Cd In Sx Nm Bf Ef St Ar Fl Xr Fn Nd Lk Mt An Ap Ns"
        " Tg Fr Hf Db Xo Xc"
    ).split()
)
_REFERENCE = frozenset("%A %B %C %D %I %J %N %O %P %Q %R %T %U %V".split())


class Mdoc:
    def __init__(self, builder: TextBuilder, roff: Roff) -> None:
        self._builder = builder
        self._roff = roff
        self._entries = Entries(builder)
        self._name = ""
        self._lists: list[str] = []
        self._numbers: list[int] = []
        self._extended: list[str] | None = None  # the parts of an item that goes over several lines
        self._is_spaced = True

    def read(self) -> None:
        for name, rest in self._roff:
            if not name:
                text = self._roff.plain(rest)
                if self._extended is not None:
                    self._extended.append(text)
                elif not text.strip() and not self._entries.is_code:
                    self._entries.paragraph()
                else:
                    self._entries.say(text)
            else:
                self._request(name, rest)
        if self._entries.is_code:
            self._entries.end_code()
        self._entries.end_entry()

    def _request(self, name: str, rest: str) -> None:
        entries = self._entries
        arguments = words(rest)
        if name == "Sm":
            self._is_spaced = arguments[:1] != ["off"]
        elif self._extended is not None:
            self._extend(name, arguments)
        elif name in {"Sh", "Ss"}:
            if entries.is_code:
                entries.end_code()
            self._lists, self._numbers = [], []
            entries.heading(self._line(arguments), 1 if name == "Sh" else 2)
        elif name == "Dt":
            plain = [self._roff.plain(word) for word in arguments]
            if plain:
                self._builder.title = plain[0].lower() + (f"({plain[1]})" if len(plain) > 1 else "")
        elif name in {"Pp", "Lp"}:
            if self._lists:
                entries.paragraph()
            else:
                entries.end_entry()
        elif name == "Bl":
            kind = next(
                (word for word in arguments if word.startswith("-") and word not in {"-compact", "-offset", "-width"}), ""
            )
            if self._lists:
                entries.indent()
            else:
                entries.paragraph()
            self._lists.append(kind)
            self._numbers.append(0)
        elif name == "El" and self._lists:
            self._lists.pop()
            self._numbers.pop()
            if self._lists:
                entries.dedent()
            else:
                entries.end_entry()
        elif name == "It":
            self._item(arguments)
        elif name == "Bd":
            if {"-literal", "-unfilled"} & set(arguments) and not entries.is_code:
                entries.begin_code()
            else:
                entries.paragraph()
        elif name == "Ed":
            if entries.is_code:
                entries.end_code()
        elif name in {"D1", "Dl"}:
            entries.begin_code()
            entries.say(self._line(arguments))
            entries.end_code()
        elif name in _REFERENCE or name in _WORDS or name in _ENCLOSING or name in _SYSTEMS:
            if name == "Nm" and arguments and not self._name:
                self._name = self._roff.plain(arguments[0])
            entries.say(self._line([name, *arguments] if name not in _REFERENCE else arguments))

    def _extend(self, name: str, arguments: list[str]) -> None:
        extended = self._extended or []
        if name == "Xc":
            self._extended = None
            self._entries.term("".join(extended) + self._line(arguments))
        else:
            separator = " " if self._is_spaced and extended else ""
            text = self._line([name, *arguments])
            self._extended = [*extended, separator + (text if self._is_spaced else text.replace(" ", ""))]

    def _item(self, arguments: list[str]) -> None:
        kind = self._lists[-1] if self._lists else "-tag"
        if kind == "-column":
            cells = [Cell(text) for text in self._line(arguments).replace("\t", " Ta ").split(" Ta ")]
            self._entries.rows([bars(place(cells))])
        elif kind in {"-bullet", "-dash", "-hyphen", "-item"}:
            self._entries.item("-")
        elif kind == "-enum":
            self._numbers[-1] += 1
            self._entries.item(f"{self._numbers[-1]}.")
        elif "Xo" in arguments:
            self._entries.paragraph()
            self._extended = [self._line(arguments), " "]
        else:
            self._entries.term(self._line(arguments))

    def _line(self, arguments: list[str]) -> str:
        """Macros among the words of a line as they would be printed."""
        line = _Joined()
        closers: list[str] = []
        at = 0
        while at < len(arguments):
            word = arguments[at]
            at += 1
            if word in _ENCLOSING:
                opening, closing = _ENCLOSING[word]
                if opening:
                    line.open(opening)
                    if closing:
                        closers.append(closing)
                else:
                    line.close(closing)
            elif word in _SYSTEMS:
                line.add(_SYSTEMS[word])
            elif word == "Ns":
                line.glue()
            elif word == "Ap":
                line.close("'")
                line.glue()
            elif word == "Fl":
                at = self._flags(arguments, at, line)
            elif word == "Xr" and at + 1 < len(arguments) and self._is_word(arguments[at + 1]):
                line.add(f"{self._roff.plain(arguments[at])}({self._roff.plain(arguments[at + 1])})")
                at += 2
            elif word == "Ar" and (at >= len(arguments) or not self._is_word(arguments[at])):
                line.add("file ...")
            elif word == "Nm" and (at >= len(arguments) or not self._is_word(arguments[at])):
                line.add(self._name)
            elif word == "Nd":
                line.add("–")
            elif word == "Fn" and at < len(arguments):
                names = [self._roff.plain(argument) for argument in arguments[at:] if self._is_word(argument)]
                line.add(f"{names[0]}({', '.join(names[1:])})" if names else "")
                at += len(names)
            elif word in _WORDS:
                continue
            elif len(word) == 1 and word in _CLOSING:
                if at >= len(arguments) and closers:
                    for closing in reversed(closers):
                        line.close(closing)
                    closers = []
                line.close(word)
            elif len(word) == 1 and word in _OPENING:
                line.open(word)
            else:
                line.add(self._roff.plain(word))
        for closing in reversed(closers):
            line.close(closing)
        return line.text

    def _flags(self, arguments: list[str], at: int, line: _Joined) -> int:
        if at >= len(arguments) or not self._is_word(arguments[at]):
            line.add("-")
            return at
        while at < len(arguments) and self._is_word(arguments[at]):
            line.add(f"-{self._roff.plain(arguments[at])}")
            at += 1
        return at

    def _is_word(self, word: str) -> bool:
        return (
            word not in _WORDS
            and word not in _ENCLOSING
            and word not in _SYSTEMS
            and not (len(word) == 1 and word in _CLOSING)
        )


class _Joined:
    """Words of a line with spaces where they belong."""

    def __init__(self) -> None:
        self.text = ""
        self._is_glued = True

    def add(self, word: str) -> None:
        self.text += word if self._is_glued or not self.text else f" {word}"
        self._is_glued = False

    def open(self, sign: str) -> None:
        self.add(sign)
        self._is_glued = True

    def close(self, sign: str) -> None:
        self.text += sign
        self._is_glued = False

    def glue(self) -> None:
        self._is_glued = True
