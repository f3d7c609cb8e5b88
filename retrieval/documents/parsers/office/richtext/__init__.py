"""Rich Text Format: its bytes as tokens, its groups as text, and that as paragraphs and tables."""

from .flows import Flow, Paragraph, Row
from .reading import read_rtf

__all__ = ["Flow", "Paragraph", "Row", "read_rtf"]
