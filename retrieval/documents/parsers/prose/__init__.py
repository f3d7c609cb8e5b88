"""Plain text: what its lines and blank lines say of its structure, and what in it is not worth finding."""

from .boilerplate import is_licence, licence_spans
from .structure import find_blocks

__all__ = ["find_blocks", "is_licence", "licence_spans"]
