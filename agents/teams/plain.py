"""The plain team: what the same model makes of the same passages by one prompt. It is there to be compared with.

Nobody judges: the draft is the answer as it was written, right or wrong, and the model is not invited to refuse.
"""

from __future__ import annotations

from .spec import Edge, TeamSpec

PLAIN = TeamSpec(
    name="plain",
    members=("retriever", "plain_writer", "plain_editor"),
    edges=(Edge("retriever", "plain_writer"), Edge("plain_writer", "plain_editor")),
    longest=3,
)
