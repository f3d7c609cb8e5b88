"""Vector stores, one file each, behind one protocol; and what keeps them in step with the library."""

from .base import StoreFailed, VectorStore
from .projection import Notify, Projection
from .registry import open_store
from .scan_index import ScanIndex
from .verify import find_problems

__all__ = ["Notify", "Projection", "ScanIndex", "StoreFailed", "VectorStore", "find_problems", "open_store"]
