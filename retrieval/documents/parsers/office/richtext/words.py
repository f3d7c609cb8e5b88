"""The control words of RTF that matter for text, by what they do (Rich Text Format Specification 1.9.1)."""

from __future__ import annotations

SIGNS = {
    **{"tab": " ", "line": "\n", "lbr": "\n", "emdash": "—", "endash": "–", "bullet": "•", "emspace": " ", "enspace": " "},
    **{"qmspace": " ", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”", "zwj": "\u200d", "zwnj": "\u200c"},
}
SKIPPED = {
    *("colortbl", "pict", "object", "themedata", "colorschememapping", "datastore", "generator", "listtable", "fldinst"),
    *("listoverridetable", "revtbl", "rsidtbl", "xmlnstbl", "latentstyles", "filetbl", "nonshppict", "shprslt", "atnauthor"),
    *(
        "atnid",
        "atndate",
        "atnref",
        "atrfstart",
        "atrfend",
        "bkmkstart",
        "bkmkend",
        "tc",
        "xe",
        "pgdsctbl",
        "mmathPr",
        "pnseclvl",
    ),
    *(
        "template",
        "ftnsep",
        "ftnsepc",
        "ftncn",
        "aftnsep",
        "aftnsepc",
        "aftncn",
        "falt",
        "panose",
        "blipuid",
        "sp",
        "datafield",
    ),
    *("formfield", "background", "objdata", "result_not_read", "do"),
}
MARGINS = {"header": "header", "headerl": "header", "headerr": "header", "headerf": "header"}
MARGINS |= {"footer": "footer", "footerl": "footer", "footerr": "footer", "footerf": "footer"}
KNOWN_AFTER_STAR = {"shpinst", "shptxt", "ud", "footnote", "annotation", "pn", "listtext", "shppict", "revtbl", "fldrslt"}
CHARSETS = {  # of fonts
    **{
        0: "cp1252",
        77: "mac_roman",
        128: "cp932",
        129: "cp949",
        134: "gb18030",
        136: "big5hkscs",
        161: "cp1253",
        162: "cp1254",
    },
    **{163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250", 255: "cp437"},
}
CODE_PAGES = {65001: "utf-8", 10000: "mac_roman", 936: "gb18030", 950: "big5hkscs"}


def code_page(number: int, default: str) -> str:
    """The name of a code page for `bytes.decode`; `default` where Python has none of this number."""
    name = CODE_PAGES.get(number, f"cp{number}")
    try:
        b"".decode(name)
    except LookupError:
        return default
    return name
