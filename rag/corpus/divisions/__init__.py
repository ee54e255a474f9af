"""The administrative divisions of China as data; see README.md for their sources."""

import gzip
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from rag.types import Level, Region

_HERE = Path(__file__).parent
_LEVELS = {2: Level.PROVINCE, 4: Level.CITY, 6: Level.COUNTY}
_TOWN_NAME = re.compile(r"街道|镇|乡|苏木")


@dataclass(frozen=True, slots=True)
class Place:
    """A province, city or county; `is_word` where its short name is a word as well (万年)."""

    region: Region
    short: str
    is_word: bool


class Atlas:
    """Places by their names. Only the lines of a table are read at first; a place is made when it is looked up."""

    def __init__(self) -> None:
        self._rows: dict[str, list[str]] = {}
        self._codes: dict[str, list[str]] = defaultdict(list)
        self._found: dict[str, list[Place]] = {}
        self._found_towns: dict[str, tuple[Region, ...]] = {}
        for line in (_HERE / "counties.tsv").read_text(encoding="utf-8").splitlines():
            row = line.split("\t")
            code, name, short, _ = row
            self._rows[code] = row
            self._codes[name].append(code)
            if short:
                self._codes[short].append(code)
                if name.endswith("自治州"):
                    self._codes[f"{short}州"].append(code)

    def names(self) -> Iterator[str]:
        """Full and short names of provinces, cities and counties, each once."""
        return iter(self._codes)

    def called(self, name: str) -> list[Place]:
        """Provinces, cities and counties of that full or short name."""
        if name not in self._codes:
            return []
        if name not in self._found:
            self._found[name] = [self._place(code) for code in self._codes[name]]
        return self._found[name]

    def towns_called(self, name: str) -> tuple[Region, ...]:
        """Towns and streets of that full name."""
        if len(name) < 2 or not _TOWN_NAME.search(name):
            return ()
        if name not in self._found_towns:
            codes = self._town_codes(name)
            self._found_towns[name] = tuple(town_region(self._place(code).region, name) for code in codes)
        return self._found_towns[name]

    def at(self, path: tuple[str, ...]) -> Place | None:
        """The province, city or county of that path."""
        return next((place for place in self.called(path[-1]) if place.region.path == path), None)

    @cached_property
    def hiding_words(self) -> frozenset[str]:
        """Common words of two characters that may hide a short name."""
        return frozenset(self._words[0].split())

    @cached_property
    def lands(self) -> frozenset[str]:
        """Common names of two characters, of no division, that hide a short name that begins with their second: 黄河源头."""
        return frozenset(self._words[1].split())

    @cached_property
    def _words(self) -> list[str]:
        return (_HERE / "words.txt").read_text(encoding="utf-8").splitlines()

    def _place(self, code: str) -> Place:
        name, short, word = self._rows[code][1:]
        above = [self._rows[code[:n]][1] for n in (2, 4) if n < len(code) and code[:n] in self._rows]
        return Place(Region((*above, name), _LEVELS[len(code)]), short, bool(word))

    @cached_property
    def _towns(self) -> str:
        """A line for each county: its code and its towns, each between spaces."""
        return gzip.decompress((_HERE / "towns.txt.gz").read_bytes()).decode("utf-8")

    def _town_codes(self, name: str) -> Iterator[str]:
        """Codes of the counties whose line holds the name."""
        position = self._towns.find(f" {name} ")
        while position >= 0:
            line = self._towns.rfind("\n", 0, position) + 1
            yield self._towns[line : self._towns.index(" ", line)]
            position = self._towns.find(f" {name} ", position + 1)


def town_region(county: Region, name: str) -> Region:
    """A town or street of a county, by its suffix."""
    return Region((*county.path, name), Level.STREET if name.endswith("街道") else Level.TOWN)
