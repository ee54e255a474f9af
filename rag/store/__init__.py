"""The index on disk: built aside and swapped, opened by many, verified to the byte."""

from rag.store.build import BuildReport, build_index
from rag.store.generation import Progress
from rag.store.index import Changes, Index
from rag.store.verify import Problem, verify

__all__ = ["BuildReport", "Changes", "Index", "Problem", "Progress", "build_index", "verify"]
