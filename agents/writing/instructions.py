"""A person's standing wishes, in the system message: marked as theirs, for they say how to write and not what is true."""

from __future__ import annotations

from ...text import safe


def add_instructions(system: str, instructions: str) -> str:
    """`system` with the wishes beneath; unchanged where there are none."""
    wishes = safe(instructions).strip()
    if not wishes:
        return system
    return (
        f"{system.rstrip()}\n\nThe reader's own wishes for tone, language and length. Follow them; what is true, the"
        f" passages say.\n<wishes>\n{wishes}\n</wishes>\n"
    )
