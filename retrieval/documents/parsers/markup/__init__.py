"""HTML as blocks: read into a tree, what is no content marked, and the rest written block by block."""

from .adding import add_html
from .tree import HtmlTree, read_html

__all__ = ["HtmlTree", "add_html", "read_html"]
