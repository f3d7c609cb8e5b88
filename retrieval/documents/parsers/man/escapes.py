"""Escapes of roff within a line: fonts left out, named signs as signs."""

from __future__ import annotations

import re
from collections.abc import Mapping

_SIGNS: Mapping[str, str] = {
    "em": "—", "en": "–", "hy": "-", "mi": "−", "bu": "•", "lq": "“", "rq": "”", "oq": "‘", "cq": "’", "aq": "'", "dq": '"',
    "Fo": "«", "Fc": "»", "fo": "‹", "fc": "›", "co": "©", "rg": "®", "tm": "™", "de": "°", "sc": "§", "ps": "¶", "dg": "†",
    "mu": "×", "di": "÷", "+-": "±", "<=": "≤", ">=": "≥", "!=": "≠", "==": "≡", "~~": "≈", "~=": "≈", "->": "→", "<-": "←",
    "ha": "^", "ti": "~", "rs": "\\", "ga": "`", "aa": "´", "sl": "/", "ba": "|", "br": "|", "or": "|", "at": "@", "sh": "#",
    "Do": "$", "Eu": "€", "Po": "£", "ct": "¢", "lB": "[", "rB": "]", "lC": "{", "rC": "}", "la": "⟨", "ra": "⟩", "ss": "ß",
    "12": "½", "14": "¼", "34": "¾", "S1": "¹", "S2": "²", "S3": "³", "if": "∞", "sq": "□", "OK": "✓", "r!": "¡", "r?": "¿",
    "*a": "α", "*b": "β", "*g": "γ", "*d": "δ", "*e": "ε", "*l": "λ", "*m": "μ", "*p": "π", "*s": "σ", "*W": "Ω", "*D": "Δ",
    "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "/o": "ø", "/O": "Ø", "oa": "å", "oA": "Å", "ul": "_", "bv": "|",
    ":a": "ä", ":o": "ö", ":u": "ü", ":A": "Ä", ":O": "Ö", ":U": "Ü", ":e": "ë", ":i": "ï", "'a": "á", "'e": "é", "'i": "í",
    "'o": "ó", "'u": "ú", "'E": "É", "`a": "à", "`e": "è", "`o": "ò", "`u": "ù", "^a": "â", "^e": "ê", "^i": "î", "^o": "ô",
    "^u": "û", "~n": "ñ", "~a": "ã", "~o": "õ", ",c": "ç", ",C": "Ç", "vS": "Š", "vs": "š", "vz": "ž", "vZ": "Ž", "/l": "ł",
}  # fmt: skip
_PLAIN: Mapping[str, str] = {
    "e": "\\", "-": "-", "'": "´", "`": "`", "&": "", ")": "", "%": "", "|": "", "^": "", "/": "", ",": "", ":": "", "c": "",
    "{": "", "}": "", "~": " ", " ": " ", "0": " ", "t": "\t", "\\": "\\", ".": ".", "d": "", "u": "", "p": "", "r": "",
    "a": "", "E": "\\", "_": "_",
}  # fmt: skip
_ESCAPE = re.compile(
    r"\\(?:(?P<comment>[\"#].*)|[fFmMgYV](?:\[[^\]]*\]|\(..|.)|s(?:[+-]?\d{1,2}|[+-]?\(..|[+-]?\[[^\]]*\]|[+-]?'[^']*')"
    r"|[hvwlLDRXZbxoNBASCH]'(?P<quoted>[^']*)'|[nk](?:[+-]?\[[^\]]*\]|[+-]?\(..|[+-]?.)"
    r"|\*(?:\[(?P<string1>[^\]]*)\]|\((?P<string2>..)|(?P<string3>.))|\[(?P<sign1>[^\]]*)\]|\((?P<sign2>..)|(?P<other>.))"
)
_STRINGS: Mapping[str, str] = {
    "lq": "“",
    "rq": "”",
    "R": "®",
    "Tm": "™",
    "C'": "'",
    "C`": "`",
    "--": "–",
    "PI": "π",
    "Aq": "'",
}


def unescape(text: str, strings: Mapping[str, str]) -> str:
    """A line as it would be printed. `strings`: those the page defines itself."""
    if "\\" not in text:
        return text

    def replace(match: re.Match[str]) -> str:
        string = match["string1"] or match["string2"] or match["string3"]
        if string is not None:
            value = strings.get(string, _STRINGS.get(string, ""))
            return _ESCAPE.sub(lambda inner: _sign(inner), value) if "\\" in value else value
        return _sign(match)

    return _ESCAPE.sub(replace, text)


def _sign(match: re.Match[str]) -> str:
    name = match["sign1"] or match["sign2"]
    if name is not None:
        if name in _SIGNS:
            return _SIGNS[name]
        if re.fullmatch(r"u[0-9A-F]{4,6}", name):
            code = int(name[1:], 16)
            return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else ""
        return ""
    if match["other"] is not None:
        return _PLAIN.get(match["other"], match["other"])
    if match[0].startswith(("\\Z", "\\C")):
        return match["quoted"] or ""
    return ""
