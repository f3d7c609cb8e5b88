"""The agents of a team, one file a role: each makes one message of those it has received."""

from collections.abc import Mapping

from .archivist import Archivist
from .context import RoleContext
from .critic import Critic
from .editor import Editor
from .plain_editor import PlainEditor
from .plain_writer import PlainWriter
from .retriever import Retriever
from .role import Role
from .second_reader import PhraseReader
from .seeing import read_opening
from .writer import Writer

ROLES: Mapping[str, type[Role]] = {
    "retriever": Retriever,
    "archivist": Archivist,
    "writer": Writer,
    "second_reader": PhraseReader,
    "critic": Critic,
    "editor": Editor,
    "plain_writer": PlainWriter,
    "plain_editor": PlainEditor,
}

__all__ = [
    "ROLES",
    "Archivist",
    "Critic",
    "Editor",
    "PhraseReader",
    "PlainEditor",
    "PlainWriter",
    "Retriever",
    "Role",
    "RoleContext",
    "Writer",
    "read_opening",
]
