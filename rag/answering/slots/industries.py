"""The share of one of the three industries, which reports tell as a ratio: 三次产业结构调整为8.7∶40.1∶51.2."""

import re
from collections.abc import Iterator

from rag.answering.slots.bindings import RATIO, Bound
from rag.answering.slots.reading import Sentence

_ASKED = re.compile(
    r"(?:第?[一二三][次产](?:产业)?|第[一二三]产业)[^，,。；;]{0,16}(?:占|比重|比例|份额|结构比|之比)|三次产业结构|三次?产结构|[一二]三产[^，,。；;]{0,8}(?:占|比)"
    r"|\bprimary, secondary\b|\b(?:primary|secondary|tertiary) (?:industr|sector)|\bthree (?:industries|sectors)\b"
)
_RATIO_OF_THREE = re.compile(r"\d[\d.]*(?:[:∶]\d[\d.]*){2}")
_TOLD = re.compile(r"(?:三次)?产业(?:增加值)?(?:结构|比例|构成|比重)|三产(?:结构|比例)")
_ONE_TOLD = re.compile(r"第[一二三]产业[^；;。]{0,24}(?:占|比重|比例)[^，,；;。]{0,12}\d[\d.]*%")


def asks_industry(folded: str) -> bool:
    """Whether a folded question asks what share the first, second or third industry has, or for all three."""
    return _ASKED.search(folded) is not None


def tells_industries(folded: str) -> bool:
    """Whether a folded text gives the three industries as a ratio."""
    told = _TOLD.search(folded)
    return told is not None and _RATIO_OF_THREE.search(folded, told.end()) is not None


def tells_one_industry(folded: str) -> bool:
    """Whether a folded text gives the share of one industry by itself: 第三产业增加值占比为51.2%."""
    return _ONE_TOLD.search(folded) is not None


def find_ratios(sentence: Sentence) -> Iterator[Bound]:
    """The ratios of a sentence that tell of the three industries."""
    for bound in sentence.bounds:
        written = sentence.folded[bound.figure.start : bound.figure.end]
        names = sentence.folded[bound.clause[0] : bound.figure.start]
        if bound.figure.unit == RATIO and _RATIO_OF_THREE.fullmatch(written) and _TOLD.search(names):
            yield bound
