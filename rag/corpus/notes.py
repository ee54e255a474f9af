"""Notes at the end of a report, and the places of its text that they explain.

A note's number may stand in the text glued to the term (行动计划13, 一网通办率3分别): it is a mark and no part
of the text. It is told from a figure by what stands before it, which must be the note's term, and by the order
of the marks, which run 1, 2, 3 through the text. Notes without marks are linked where their term occurs.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.corpus.lines import Range, read_number
from rag.corpus.repair import Paragraph
from rag.types import Note

_MARK = re.compile(
    r"(?:(?<=[^\d\s.．,，、:：/／+\-—–－~～〔\[(（])(?P<digits>\d{1,3})(?![\d%％]|[.．,+/／:：-]\d)"
    r"|[\[〔【]\^?(?P<bracketed>\d{1,3})[\]〕】]|(?P<circled>[①-⑳])|(?P<raised>[⁰¹²³⁴-⁹]{1,3}))"
)
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_MEASURES = frozenset("个家条项座所亿万千百名人户次例件起倍元吨公米辆台张处种年月日天小时套栋平亩批届对类级")
_SKIPPED = "“”\"'‘’「」『』《》〈〉（）()【】[]〔〕，,、。；;：: 　\t\r\n*"
_SKIP_TABLE = str.maketrans("", "", _SKIPPED)
_FOOTNOTE = re.compile(r"\[\^(\d{1,3})\][:：]")
_ENDNOTE = re.compile(r"[\[〔【]\d{1,3}[\]〕】]|[①-⑳]")
_BEFORE_MARK = re.compile(r"(?:[“\"《][^“”\"《》]{2,30}[”\"》][^，。；、：“”]{0,8}|[^，。；、：“”\s]{2,16})$")
_DEFINES = re.compile(r"(?:是?指|即|包括|全称)")
_TERM_END = re.compile(r"[：:]")
_CLAUSE_END = re.compile(r"[，。；]")
_FIGURE_END = re.compile(r"\d(?:[万亿]{0,2}[元吨人亩个户家件台辆]|[%％])$")
_MORE_TERMS = re.compile(r"[。；](?P<term>[^。；：:，“”]{2,30})[：:](?=指|是指|即|全称)")
_QUOTED = re.compile(r"[“\"「]([^”\"」]{2,30})[”\"」]")
_LONGEST_TERM = 40
_CONTEXT = 80
_CLOSERS = 4
"""At most this many closing marks and quotes stand between a term's last character and its number."""
_LIKELY = 0.5
"""Share of a term that must stand before a bare number to make it a mark: with half of it no figure of the
seeds is taken for a mark and every mark is found."""
_CERTAIN_FORM = 0.3
"""Weight of a number in brackets, in a circle or raised, which is hardly ever a figure, without its term."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    number: int
    start: int
    end: int
    weight: float


RawNote = tuple[int, list[Paragraph]]
"""A note's number and its paragraphs."""


def read_notes(paragraphs: Sequence[Paragraph]) -> list[RawNote]:
    """The notes below a notes heading.

    Numbers must rise by one from the first; a paragraph without the next number goes on with the note before.
    Paragraphs before the first note are left out.
    """
    notes: list[RawNote] = []
    for paragraph in paragraphs:
        wanted = notes[-1][0] + 1 if notes else 1
        if _number_length(paragraph.text, wanted):
            notes.append((wanted, [paragraph]))
        elif notes:
            notes[-1][1].append(paragraph)
    return notes


def read_footnotes(paragraphs: Sequence[Paragraph]) -> tuple[list[Paragraph], list[RawNote]]:
    """The paragraphs that are no footnotes, and the footnotes among them: those that begin with [^3]: or the like."""
    others: list[Paragraph] = []
    notes: list[RawNote] = []
    for paragraph in paragraphs:
        match = _FOOTNOTE.match(paragraph.text)
        if match:
            notes.append((int(match[1]), [paragraph]))
        else:
            others.append(paragraph)
    return others, notes


def read_endnotes(paragraphs: Sequence[Paragraph]) -> list[RawNote]:
    """Notes that end a text without a heading: its last paragraphs, numbered from [1] or ① on, each marked before."""
    first = len(paragraphs)
    while first > 1 and _ENDNOTE.match(paragraphs[first - 1].text):
        first -= 1
    notes = read_notes(paragraphs[first:])
    above = "\n".join(paragraph.text for paragraph in paragraphs[:first])
    numbers = [match[0].strip() for p in paragraphs[first:] if (match := _ENDNOTE.match(p.text))]
    is_whole = len(notes) == len(numbers) and all(above.count(number) == 1 for number in numbers)
    return notes if is_whole else []


def link_notes(
    text: str, notes: Sequence[RawNote], body: Sequence[Paragraph]
) -> tuple[list[Note], list[Range]]:
    """The notes with the places of `body` they explain, and the ranges of their marks, which are to be dropped."""
    if not notes:
        return [], []
    terms = {number: _terms(parts[0].text, number) for number, parts in notes}
    plain = {number: [_plain(term) for term in found] for number, found in terms.items()}
    marks = _find_marks(text, body, plain, _form(notes[0][1][0].text))
    definitions = {number: parts[0].text for number, parts in notes}
    for mark in marks:
        if not terms[mark.number] or (mark.weight < _LIKELY and not _names_term(definitions[mark.number])):
            terms[mark.number] = _term_before(text, mark.start, definitions[mark.number])
    index = _TermIndex(text, body)
    linked = []
    for number, parts in notes:
        names = tuple(terms[number])
        places = _places(number, names, marks, index)
        linked.append(Note(number, names[0] if names else "", parts[0].start, parts[-1].end, places, names))
    return linked, [(mark.start, mark.end) for mark in marks]


def _places(
    number: int, terms: Sequence[str], marks: Sequence[_Candidate], index: "_TermIndex"
) -> tuple[int, ...]:
    """Where the text refers to a note: at its marks, and where its terms, or a quoted part of one, occur bare."""
    numbered = {mark.start for mark in marks if mark.number == number}
    ends = {place for term in terms for place in index.ends(term)}
    if not numbered and not ends:
        ends = {
            place for term in terms[:1] for quoted in _QUOTED.findall(term) for place in index.ends(quoted)
        }
    bare = {end for end in ends if not any(0 < place - end <= _CLOSERS for place in numbered)}
    return tuple(sorted(numbered | bare))


def _term_before(text: str, mark: int, definition: str) -> list[str]:
    """The words right before the mark of a note that does not begin with its term: those that it repeats, or all."""
    match = _BEFORE_MARK.search(text[max(0, mark - _CONTEXT) : mark])
    if not match:
        return []
    words = match[0].strip("* ")
    repeated = (words[start:] for start in range(len(words) - 1) if words[start:] in definition)
    return [next(repeated, words)]


def _number_length(text: str, number: int) -> int:
    """Length of the number at the beginning of a note's text, 0 when it is not `number`."""
    match = re.match(
        rf"[\[〔【（(]?\^?{number}[\]〕】）)]?(?:[.．、:：]\s*|(?<=[\]〕】）)])\s*|\s+(?=\D))", text
    )
    if match:
        return match.end()
    return 1 if text and "①" <= text[0] <= "⑳" and read_number(text[0]) == number else 0


def _terms(text: str, number: int) -> list[str]:
    """What a note explains: the words before its first colon, and the other words that it defines.

    Empty for a note that begins with 指 or 即: its term stands before its mark.
    """
    text = text[_number_length(text, number) :].strip()
    if _DEFINES.match(text):
        return []
    head = _TERM_END.split(text, maxsplit=1)[0]
    if len(head) > _LONGEST_TERM or head == text:
        head = re.split(r"[，。；：:]", text, maxsplit=1)[0][:_LONGEST_TERM]
    more = [match["term"].strip() for match in _MORE_TERMS.finditer(text)]
    return [head.strip(), *more]


def _names_term(text: str) -> bool:
    """Whether a note names what it explains, before a colon."""
    match = _TERM_END.search(text)
    return (
        match is not None
        and match.start() <= _LONGEST_TERM
        and not _CLAUSE_END.search(text, 0, match.start())
    )


def _plain(text: str) -> str:
    """The text without punctuation, quotation marks and spaces."""
    return text.translate(_SKIP_TABLE)


def _form(note: str) -> str:
    """How a note is numbered, as a group of the pattern of marks: in brackets, in a circle or in digits."""
    return "bracketed" if note[0] in "[〔【" else "circled" if "①" <= note[0] <= "⑳" else "digits"


def _find_marks(
    text: str, body: Sequence[Paragraph], terms: dict[int, list[str]], form: str
) -> list[_Candidate]:
    """The marks of the notes: the heaviest sequence of candidates whose numbers rise, and exact repetitions."""
    candidates = [c for paragraph in body for c in _candidates(text, paragraph, terms, form)]
    chosen = _heaviest_rise(candidates)
    seen, taken = {candidate.number for candidate in chosen}, {candidate.start for candidate in chosen}
    again = [c for c in candidates if c.weight >= 1 and c.number in seen and c.start not in taken]
    return sorted([*chosen, *again], key=lambda candidate: candidate.start)


def _candidates(
    text: str, paragraph: Paragraph, terms: dict[int, list[str]], form: str
) -> Iterator[_Candidate]:
    """The numbers of notes that stand behind their term; in the form of the notes' own numbers, or raised, any."""
    for match in _MARK.finditer(text, paragraph.start, paragraph.end):
        kind = match.lastgroup or "digits"
        number = read_number(match[kind].translate(_RAISED))
        if number not in terms:
            continue
        before = _plain(text[max(paragraph.start, match.start() - _CONTEXT) : match.start()])
        after = _plain(text[match.end() : match.end() + _CONTEXT])
        weight = max((_likeness(term, before, after) for term in terms[number]), default=0.0)
        if weight < _LIKELY and _follows_figure(text, paragraph.start, match, terms[number]):
            weight = _LIKELY
        is_quoted = text[match.start() - 1 : match.start()] in ("”", '"', "」", "’")
        if kind == "digits" and text[match.end() : match.end() + 1] in _MEASURES and not is_quoted:
            continue
        if weight < _LIKELY and kind != "raised" and (kind == "digits" or kind != form):
            continue
        yield _Candidate(number, match.start(), match.end(), max(weight, _CERTAIN_FORM))


def _follows_figure(text: str, start: int, match: re.Match[str], terms: Sequence[str]) -> bool:
    """Whether a number ends a clause that names a term and gives its figure with a unit (产值达到190亿元4。)."""
    clause = _CLAUSE_END.split(text[max(start, match.start() - _CONTEXT) : match.start()])[-1]
    ends = match.end() == len(text) or text[match.end()] in "，。；、）)\r\n"
    return (
        ends and bool(_FIGURE_END.search(clause)) and any(term and term in _plain(clause) for term in terms)
    )


def _likeness(term: str, before: str, after: str) -> float:
    """Share of the term that stands around a mark: its beginning before and its end after, or its end before."""
    if not term:
        return 0.0
    if before.endswith(term):
        return 1.0
    for length in range(len(term) - 1, 1, -1):
        if before.endswith(term[:length]):
            return 1.0 if after.startswith(term[length:]) else length / len(term)
    common = 0
    while common < min(len(term), len(before)) and term[-1 - common] == before[-1 - common]:
        common += 1
    return common / len(term) if common > 1 else 0.0


def _heaviest_rise(candidates: Sequence[_Candidate]) -> list[_Candidate]:
    """The candidates, in the order of the text, whose numbers rise strictly and whose weights sum highest."""
    best: list[tuple[float, int]] = []
    heaviest: dict[int, tuple[float, int]] = {}
    for i, candidate in enumerate(candidates):
        lower = (entry for number, entry in heaviest.items() if number < candidate.number)
        weight, previous = max(lower, default=(0.0, -1))
        best.append((weight + candidate.weight, previous))
        heaviest[candidate.number] = max(heaviest.get(candidate.number, (0.0, -1)), (best[i][0], i))
    chosen: list[_Candidate] = []
    i = max(range(len(best)), key=lambda j: best[j][0], default=-1)
    while i >= 0:
        chosen.append(candidates[i])
        i = best[i][1]
    return chosen[::-1]


class _TermIndex:
    """Where terms occur in a text whatever its punctuation: one plain string with the way back."""

    def __init__(self, text: str, body: Sequence[Paragraph]) -> None:
        self._text, self._body = text, body
        self._starts: list[int] = []
        pieces = []
        position = 0
        for paragraph in body:
            self._starts.append(position)
            pieces.append(_plain(text[paragraph.start : paragraph.end]))
            position += len(pieces[-1]) + 1
        self._plain = "\n".join(pieces)

    def ends(self, term: str) -> list[int]:
        """Offsets in the original of the last character of each occurrence."""
        wanted = _plain(term)
        found = []
        position = self._plain.find(wanted) if len(wanted) > 1 else -1
        while position >= 0:
            found.append(self._original(position + len(wanted) - 1))
            position = self._plain.find(wanted, position + 1)
        return found

    def _original(self, position: int) -> int:
        number = bisect_right(self._starts, position) - 1
        paragraph, left = self._body[number], position - self._starts[number]
        for offset in range(paragraph.start, paragraph.end):
            if self._text[offset] not in _SKIPPED:
                if left == 0:
                    return offset
                left -= 1
        raise AssertionError("a plain text is no longer than its original")
