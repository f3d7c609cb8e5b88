"""What manual pages are told by."""

from __future__ import annotations

import re

IS_ROFF = re.compile(r"^[.'][ \t]*(?:TH|SH|Dd|Sh|so)\b", re.M)


def is_page(start: str) -> bool:
    """Whether a text that begins so is certainly a manual page."""
    return start.startswith((".", "'\\\"")) and IS_ROFF.search(start) is not None
