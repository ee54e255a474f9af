"""True answers made false, one change each: the verification must catch every one and let every true one pass.

What may be changed is decided from the answer and its span alone, before anything is verified:
- another figure of the same span: of another amount, and such that the span does not say the changed clause itself;
- a digit or a unit: the span does not say the changed clause itself;
- a year or a region: one that neither the span nor the passage it stands in is of.
"""

import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from eval.questions import OWN_SET, read_questions
from rag.answering.figures import Figure, find_figures
from rag.answering.sentences import split_clauses, split_sentences
from rag.answering.units import UNITS, measure
from rag.answering.verification.evidence import Evidence
from rag.answering.verification.verifying import verify
from rag.question import understand
from rag.text import fold
from rag.types import Answer, Citation, Question

if TYPE_CHECKING:
    from rag.assistant import Assistant

SEED, COUNT = 20240124, 300
REGIONS = (
    "云南省",
    "四川省",
    "大理白族自治州",
    "成都市",
    "贵州省",
    "贵阳市",
    "昆明市",
    "江西省",
    "南昌市",
    "九江市",
)
_UNITS = [unit for unit in UNITS if unit not in {"年", "月", "日"}]


@dataclass(frozen=True, slots=True)
class Statement:
    """A line of an answer without its mark: `label` (region and year) and `text`, and the `span` that it cites."""

    region: str
    year: str
    text: str
    span: str

    @property
    def line(self) -> str:
        """The line as shown, with the mark of its citation."""
        label = f"{self.region}{self.year}"
        return f"{label}：{self.text}[1]" if label else f"{self.text}[1]"


def other_figure(statement: Statement, rng: random.Random) -> str | None:
    """The line with one figure replaced by another of its span."""
    options = []
    for figure in _figures(statement.text):
        for other in _figures(statement.span):
            if other.amount != figure.amount and not _side_by_side(statement.span, figure, other):
                shown = fold(statement.span)[other.start : other.end]
                options.append(_replace(statement, figure, shown))
                number = (
                    _number(shown)
                    + fold(statement.text)[figure.start : figure.end][len(_number_of(statement, figure)) :]
                )
                options.append(_replace(statement, figure, number))
    return _pick(statement, options, rng)


def _side_by_side(span: str, figure: Figure, other: Figure) -> bool:
    """Whether two figures count one thing, with nothing between them (310户1200余名居民): either holds of it."""
    ends = {each.end: each.amount for each in _figures(span)}
    starts = {each.start: each.amount for each in _figures(span)}
    pairs = [{starts[place], ends[place]} for place in starts.keys() & ends.keys()]
    return {figure.amount, other.amount} in pairs


def other_digit(statement: Statement, rng: random.Random) -> str | None:
    """The line with one digit of a figure changed."""
    options = []
    for figure in _figures(statement.text):
        for place in range(figure.start, figure.end):
            if statement.text[place].isascii() and statement.text[place].isdigit():
                digit = rng.choice([d for d in "123456789" if d != statement.text[place]])
                options.append(statement.text[:place] + digit + statement.text[place + 1 :])
    return _pick(statement, options, rng)


def other_unit(statement: Statement, rng: random.Random) -> str | None:
    """The line with the unit of a figure changed for one that measures something else or another size of it."""
    options = []
    for figure in _figures(statement.text):
        if not figure.unit:
            continue
        unit = rng.choice([u for u in _UNITS if measure(u) != measure(figure.unit)])
        shown = statement.text[figure.start : figure.end]
        options.append(_replace(statement, figure, shown.replace(figure.unit, unit)))
    return _pick(statement, options, rng)


def other_year(statement: Statement, rng: random.Random) -> str | None:
    """The line with another year in its label or its words."""
    known = set(re.findall(r"(?:19|20)\d\d", statement.line + statement.span))
    years = [str(year) for year in range(2015, 2027) if str(year) not in known]
    options = []
    for match in re.finditer(r"(?<!\d)(?:19|20)\d\d(?!\d)", statement.line):
        options.append(statement.line[: match.start()] + rng.choice(years) + statement.line[match.end() :])
    return rng.choice(options) if options else None


def other_region(statement: Statement, own: str, rng: random.Random) -> str | None:
    """The line with another place in its label; `own` is the full name of the passage's region."""
    if not statement.region:
        return None
    names = [name for name in REGIONS if name not in own and name[:-1] not in fold(statement.span)]
    return rng.choice(names) + statement.line[len(statement.region) :]


def _figures(text: str) -> list[Figure]:
    """Figures of a text, calendar years and the number of a note or an item (3.…) apart."""
    numbered = re.match(r"\d{1,2}[.、](?!\d)", text)
    return [
        figure
        for figure in find_figures(fold(text))
        if not (figure.unit in {"年", ""} and 1900 <= figure.value <= 2100)
        and not (numbered and figure.start < numbered.end())
    ]


def _number(shown: str) -> str:
    match = re.match(r"[\d.,]+", shown)
    return match.group() if match else shown


def _number_of(statement: Statement, figure: Figure) -> str:
    return _number(fold(statement.text)[figure.start : figure.end])


def _replace(statement: Statement, figure: Figure, shown: str) -> str:
    return statement.text[: figure.start] + shown + statement.text[figure.end :]


def _pick(statement: Statement, texts: Sequence[str], rng: random.Random) -> str | None:
    """One of the changed texts that the span does not hold word for word, as a line."""
    span = "".join(fold(statement.span).split())
    false = [text for text in texts if text != statement.text and "".join(fold(text).split()) not in span]
    if not false:
        return None
    return statement.line.replace(statement.text, rng.choice(false), 1)


def questions(assistant: "Assistant", rng: random.Random) -> list[str]:
    """The tuning half, then a question for each figure of the reports, in the words of its clause, shuffled."""
    generated = []
    for chunk in assistant.index.all_chunks():
        for sentence in split_sentences(chunk.text):
            for figure in find_figures(fold(sentence.text)):
                clause = next(c for c in split_clauses(sentence.text) if c.start <= figure.start < c.end)
                words = sentence.text[clause.start : figure.start].strip("，、 \n")[-20:]
                if len(words) >= 4 and figure.unit != "年":
                    place = chunk.region.path[-1] if chunk.region else ""
                    year = chunk.period.label if chunk.period else ""
                    unit = "" if figure.unit == "%" else figure.unit
                    generated.append(f"{place}{year}{words}是多少{unit}？")
    rng.shuffle(generated)
    tuning = [q.text for q in read_questions(OWN_SET).questions if q.split == "tune" and not q.history]
    return [*tuning, *generated]


def sentence_of(answer: Answer, citation: Citation) -> str:
    """The whole sentence around a cited clause, as a backend that cites sentences gives it."""
    for hit in answer.passages:
        if hit.chunk.file == citation.file and hit.chunk.start <= citation.start < hit.chunk.end:
            for sentence in split_sentences(" ".join(hit.chunk.text.split())):
                if citation.text in sentence.text[:300]:
                    return sentence.text[:300].strip()
    return citation.text


def statements(assistant: "Assistant", rng: random.Random) -> Iterator[tuple[Statement, Evidence, Question]]:
    """Answers of one cited line, each as it is with its sentence cited, or with the label of its passage."""
    for number, text in enumerate(questions(assistant, rng)):
        question, answer = understand(text, assistant.coverage), assistant.ask(text)
        evidence = [Evidence.of_citation(citation) for citation in answer.citations]
        if answer.refused:  # it names the year that is missing beside the figure of another
            continue
        if len(answer.citations) > 1 and len(assistant.lookup.find(text, (), None)) > 1:
            continue  # of two needs each line answers its own part
        assert not answer.citations or not verify(answer.text, evidence, question).problems, answer.text
        if len(answer.citations) != 1 or not find_figures(fold(answer.text)):
            continue
        citation, shown = answer.citations[0], answer.text.removesuffix("[1]")
        own_year = re.search(r"20\d\d", citation.text)  # the label of the passage may be another
        if number % 2 or own_year or citation.region is None or citation.period is None:
            span = sentence_of(answer, citation)
            yield Statement("", "", shown, span), replace(evidence[0], text=span), question
        else:
            label = (citation.region.path[-1], citation.period.label)
            yield Statement(*label, shown, citation.text), evidence[0], question


def test_every_change_is_caught_and_no_true_answer_rejected(assistant: "Assistant") -> None:
    rng = random.Random(SEED)
    wanted = Counter(figure=COUNT // 2, digit=40, unit=40, year=35, region=35)
    missed: list[str] = []
    rejected: list[str] = []
    for statement, evidence, question in statements(assistant, rng):
        if problems := verify(statement.line, [evidence], question).problems:
            rejected.append(f"{statement.line} <- {statement.span}: {problems}")
        own = evidence.region.name if evidence.region else ""
        changes = {
            "figure": other_figure(statement, rng),
            "digit": other_digit(statement, rng),
            "unit": other_unit(statement, rng),
            "year": other_year(statement, rng),
            "region": other_region(statement, own, rng),
        }
        kind = next((kind for kind in changes if changes[kind] and wanted[kind] > 0), None)
        if kind is None:
            continue
        wanted[kind] -= 1
        changed = changes[kind]
        if changed is not None and not verify(changed, [evidence], question).problems:
            missed.append(f"{kind}: {changed} <- {statement.line} <- {statement.span}")
        if not +wanted:
            break
    assert not +wanted, f"too few answers to change: {+wanted}"
    assert (missed, rejected) == ([], []), (
        f"{len(missed)} of {COUNT} missed, {len(rejected)} true ones rejected"
    )
