"""Example questions, made of the corpus's own words; only those that the assistant answers from where they came."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType

from rag.assistant import Assistant
from rag.types import Answer, Chunk, Kind, Region
from ui.chat.texts import CHINESE, ENGLISH

TRIED = 8
"""Questions of a kind that are asked before the kind is given up; an answer takes 50 ms, and the first page waits for them."""

# What is counted: a name that ends in a measure, with its figure close behind.
_INDICATOR = re.compile(
    r"(?:^|[，。；、：])(?:全[国省市县区])?"
    r"(?P<name>(?!占|实现|完成|建成)[\u4e00-\u9fff]{2,7}(?:率|比重|比例|总额|总值|增加值|收入|产值|总量|面积|产量))"
    r"(?:预计|有望|力争|确保|分别)?(?:稳定在|保持在|提高到|达到?|为|是|增长|突破|超过?|完成|实现)?(?=\d)"
)
_TERM = re.compile(r"[\w+·]{4,12}")
# What is done: a heading that begins with one of the verbs that headings of reports begin with.
_DEED = re.compile(
    r"(?:推进|推动|加快|加强|完善|优化|深化|促进|提升|激发|强化|健全|保障|建设|营造|扩大|巩固|防范|维护|拓展|实施|落实|培育)"
    r"[\u4e00-\u9fff]{4,12}"
)
_NUMBERING = re.compile(r"[（(]?[一二三四五六七八九十\d]+(?:[）)、.．]|是)\s*")


@dataclass(frozen=True, slots=True)
class _Candidate:
    """The words that fill a template, what they are about, and the passages that an answer must rest on."""

    words: Mapping[str, str]
    subject: str
    chunks: tuple[Chunk, ...]


# The rarest kind is looked for first, so that a common one does not take its subject.
_TEMPLATES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        CHINESE: {
            "years": "{region}{indicator}，{earlier}年和{year}年分别是多少？",
            "plan": "{year}年{region}{indicator}的目标是多少？",
            "result": "{year}年{region}{indicator}是多少？",
            "term": "“{term}”是什么意思？",
            "deed": "{region}{deed}有哪些举措？",
        },
        ENGLISH: {
            "years": "What was “{indicator}” in {region} in {earlier} and in {year}?",
            "plan": "What is the {year} target for “{indicator}” in {region}?",
            "result": "What was “{indicator}” in {region} in {year}?",
            "term": "What does “{term}” mean?",
            "deed": "What steps did {region} take to “{deed}”?",
        },
    }
)


def suggest_questions(assistant: Assistant, language: str) -> tuple[str, ...]:
    """At most one question of each kind, about different things, from different documents where there are enough."""
    chunks = tuple(assistant.index.all_chunks())
    found: list[str] = []
    subjects: set[str] = set()
    files: set[str] = set()
    for kind, template in _TEMPLATES[language].items():
        fresh = (each for each in _CANDIDATES[kind](chunks) if each.subject not in subjects)
        for candidate in islice(sorted(fresh, key=lambda each: each.chunks[0].file in files), TRIED):
            question = template.format(**candidate.words)
            if _rests_on(assistant.ask(question), candidate.chunks):
                found.append(question)
                subjects.add(candidate.subject)
                files.update(chunk.file for chunk in candidate.chunks)
                break
    return tuple(found)


def _rests_on(answer: Answer, chunks: Iterable[Chunk]) -> bool:
    """Whether every passage is cited, and for more than the words of the question."""
    told = [
        each for each in answer.citations if _NUMBERING.sub("", each.text, count=1) not in answer.question
    ]
    return all(
        any(each.file == chunk.file and each.start < chunk.end and chunk.start < each.end for each in told)
        for chunk in chunks
    )


def _find_terms(chunks: Iterable[Chunk]) -> Iterator[_Candidate]:
    for chunk in chunks:
        for term in chunk.terms if chunk.kind is Kind.NOTE else ():
            if _TERM.fullmatch(term):
                yield _Candidate({"term": term}, term, (chunk,))


def _find_deeds(chunks: Iterable[Chunk]) -> Iterator[_Candidate]:
    for chunk in chunks:
        heading = _NUMBERING.sub("", chunk.section[-1], count=1) if chunk.section else ""
        if chunk.region is not None and _DEED.fullmatch(heading):
            yield _Candidate({"region": chunk.region.path[-1], "deed": heading}, heading, (chunk,))


def _find_results(chunks: Iterable[Chunk]) -> Iterator[_Candidate]:
    return (candidate for candidate in _find_indicators(chunks) if candidate.chunks[0].kind is Kind.RESULT)


def _find_plans(chunks: Iterable[Chunk]) -> Iterator[_Candidate]:
    return (candidate for candidate in _find_indicators(chunks) if candidate.chunks[0].kind is Kind.PLAN)


def _find_years(chunks: Iterable[Chunk]) -> Iterator[_Candidate]:
    """The same indicator of the same region in two years."""
    told: dict[tuple[Region | None, str], dict[str, _Candidate]] = defaultdict(dict)
    for candidate in _find_results(chunks):
        place = told[candidate.chunks[0].region, candidate.subject]
        place.setdefault(candidate.words["year"], candidate)
    for years in told.values():
        if len(years) > 1:
            earlier, later = (years[year] for year in sorted(years)[-2:])
            words = {**later.words, "earlier": earlier.words["year"]}
            yield _Candidate(words, later.subject, earlier.chunks + later.chunks)


def _find_indicators(chunks: Iterable[Chunk]) -> Iterator[_Candidate]:
    for chunk in chunks:
        region, period = chunk.region, chunk.period
        if region is None or period is None or period.first != period.last:
            continue
        for match in _INDICATOR.finditer(chunk.text):
            words = {"region": region.path[-1], "year": str(period.first), "indicator": match["name"]}
            yield _Candidate(words, match["name"], (chunk,))


_CANDIDATES = MappingProxyType(
    {
        "years": _find_years,
        "plan": _find_plans,
        "result": _find_results,
        "term": _find_terms,
        "deed": _find_deeds,
    }
)
