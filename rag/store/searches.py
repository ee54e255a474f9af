"""What passages are searched by in words: counted for the passages that are new, taken over for those that are as they were.

A misread letter is told by how often pairs of characters stand in the whole corpus, so a change of one report may
mend, or unmend, a passage of another: those passages are found by their tokens and counted anew as well.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.bilingual import Bilingual, count_words
from rag.chunking import compose
from rag.columns import ColumnsWriter
from rag.lexical import Lexical, index_terms
from rag.mending import Mending, count_pairs
from rag.store.manifest import BILINGUAL, COUNTS, LEXICAL
from rag.store.tables import Tables
from rag.types import Chunk

_PAGE = 1000


@dataclass(frozen=True, slots=True)
class Counts:
    """What a later build goes on from.

    `pairs` are those that misread letters are told by, `words` the dictionary's words with the number of search
    texts that each stands in, `meant` the words added to the search text of a row.
    """

    pairs: Counter[str]
    words: Counter[str]
    meant: dict[int, str]

    @classmethod
    def load(cls, path: Path) -> "Counts":
        """Read what `save` wrote."""
        record = json.loads(path.read_text(encoding="utf-8"))
        meant = {int(row): words for row, words in record["meant"].items()}
        return cls(Counter(record["pairs"]), Counter(record["words"]), meant)

    def save(self, path: Path) -> None:
        """Write them as JSON, sorted."""
        record = {
            "pairs": dict(sorted(self.pairs.items())),
            "words": dict(sorted(self.words.items())),
            "meant": {str(row): self.meant[row] for row in sorted(self.meant)},
        }
        path.write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier generation: `places[i]` is the row here of its row i, which is the same passage, or -1."""

    folder: Path
    tables: Tables
    places: NDArray[np.int64]


def find_places(earlier: Tables, tables: Tables, kept: frozenset[str]) -> NDArray[np.int64]:
    """Where the rows of earlier tables are now, those of the documents kept; -1 for the others."""
    now = tables.ranges()
    places = np.full(earlier.count(), -1, np.int64)
    for file, (first, count) in earlier.ranges().items():
        if file in kept:
            places[first : first + count] = np.arange(count) + now[file][0]
    return places


def write_searches(
    generation: Path, tables: Tables, earlier: Earlier | None, progress: Callable[[int, int], None]
) -> None:
    """Write the lexical index and the bilingual table of a generation, and the counts for the next one.

    `progress` is told how many passages are done.
    """
    total = tables.count()
    known = Counts.load(earlier.folder / COUNTS) if earlier else Counts(Counter(), Counter(), {})
    places = earlier.places.copy() if earlier else np.empty(0, np.int64)
    fresh = np.setdiff1d(np.arange(total), places)
    pairs = known.pairs + count_pairs(each.text for each in _read(tables, fresh))
    words = known.words.copy()
    if earlier:
        pairs -= count_pairs(each.text for each in _read(earlier.tables, np.flatnonzero(places < 0)))
    mending = Mending.of(pairs)
    if earlier:
        again = _find_affected(earlier, known, mending)
        fresh = np.union1d(fresh, places[again])
        places[again] = -1
        gone = _read(earlier.tables, np.flatnonzero(places < 0))
        words -= count_words(_join(compose(each), known.meant.get(each.id, "")) for each in gone)
    meant: dict[int, str] = {}
    with ColumnsWriter(generation / LEXICAL, total) as writer:
        if earlier:
            writer.take(earlier.folder / LEXICAL, places)

        def write() -> Iterator[str]:
            """Each search text that is counted anew, once it is written."""
            for done, chunk in enumerate(_read(tables, fresh), start=total - len(fresh) + 1):
                text = compose(chunk)
                if added := mending.meant(text):
                    meant[chunk.id] = added
                text = _join(text, added)
                writer.add(chunk.id, index_terms(text))
                yield text
                if done % _PAGE == 0 or done == total:
                    progress(done, total)

        words += count_words(write())
    Bilingual.of(words).save(generation / BILINGUAL)
    Counts(pairs, words, meant).save(generation / COUNTS)


def _find_affected(earlier: Earlier, known: Counts, mending: Mending) -> NDArray[np.int64]:
    """The rows kept whose search text may be another now: it was mended, or holds what may be a slip."""
    lexical = Lexical.load(earlier.folder / LEXICAL)
    columns = [lexical.vocabulary[pair] for pair in mending.slips if pair in lexical.vocabulary]
    rows = [lexical.indices[lexical.indptr[column] : lexical.indptr[column + 1]] for column in columns]
    affected = np.unique(np.concatenate([np.array(list(known.meant), np.int64), *rows]).astype(np.int64))
    kept: NDArray[np.int64] = affected[earlier.places[affected] >= 0]
    return kept


def _join(text: str, meant: str) -> str:
    """The search text of a passage."""
    return f"{text}\n{meant}" if meant else text


def _read(tables: Tables, rows: NDArray[np.int64]) -> Iterator[Chunk]:
    """The passages of these rows, a page at a time."""
    for start in range(0, len(rows), _PAGE):
        yield from tables.chunks(rows[start : start + _PAGE].tolist())
