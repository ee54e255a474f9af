"""What an index covers, in the few words of the page's first view: its documents, regions, years and passages."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rag.store import Index
from rag.types import Chunk, Kind, Region

MAIN_YEAR_SHARE = 0.05
"""A year belongs to what the corpus mainly tells of when one passage in twenty does; 1949 and 2035 are mentioned."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One document: the titles of its articles in order, its number of passages, its main years."""

    file: str
    titles: tuple[str, ...]
    passages: int
    years: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Survey:
    """The whole corpus; `regions` from the highest level down, the most told-of first within a level.

    `told_years` are all single years that a passage tells of, the latest first, `kinds` all kinds of passages there
    are; `years_by_region` has the main years of each region.
    """

    entries: tuple[Entry, ...]
    regions: tuple[Region, ...]
    years: tuple[int, ...]
    passages: int
    told_years: tuple[int, ...] = ()
    kinds: tuple[Kind, ...] = ()
    years_by_region: tuple[tuple[Region, tuple[int, ...]], ...] = ()


def survey(index: Index) -> Survey:
    """One pass over the passages of an index."""
    by_file: dict[str, list[Chunk]] = {file: [] for file in index.files}
    for chunk in index.all_chunks():
        by_file[chunk.file].append(chunk)
    everything = [chunk for chunks in by_file.values() for chunk in chunks]
    by_region: dict[Region, list[Chunk]] = {}
    for chunk in everything:
        if chunk.region is not None:
            by_region.setdefault(chunk.region, []).append(chunk)
    regions = sorted(by_region, key=lambda region: (len(region.path), -len(by_region[region]), region.path))
    return Survey(
        entries=tuple(_enter(file, chunks) for file, chunks in by_file.items()),
        regions=tuple(regions),
        years=main_years(everything),
        passages=len(everything),
        told_years=tuple(sorted(_count_years(everything), reverse=True)),
        kinds=tuple(kind for kind in Kind if any(chunk.kind is kind for chunk in everything)),
        years_by_region=tuple((region, main_years(by_region[region])) for region in regions),
    )


def _enter(file: str, chunks: list[Chunk]) -> Entry:
    titles = tuple(dict.fromkeys(chunk.title for chunk in chunks if chunk.title))
    return Entry(file, titles, len(chunks), main_years(chunks))


def main_years(chunks: Sequence[Chunk]) -> tuple[int, ...]:
    """The years that these passages mainly tell of, ascending."""
    told_of = _count_years(chunks)
    return tuple(
        sorted(year for year, count in told_of.items() if count >= MAIN_YEAR_SHARE * told_of.total())
    )


def _count_years(chunks: Sequence[Chunk]) -> Counter[int]:
    """How many passages tell of each single year."""
    return Counter(
        chunk.period.first
        for chunk in chunks
        if chunk.period is not None and chunk.period.first == chunk.period.last
    )
