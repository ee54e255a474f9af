"""What a term means: the note that explains it, the part of that note asked for, or the sentence that defines it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rag.answering.lines import MAX_SPAN, Line
from rag.answering.phrases.scoring import Scorer, Sentence
from rag.answering.sentences import Piece, split_sentences, trim
from rag.lexical import tokenize
from rag.mentions import ASKING
from rag.text import fold
from rag.types import AnswerKind, Chunk, Kind, Question

_QUOTES = dict.fromkeys(map(ord, "“”‘’\"'「」『』《》"))
_BLANK = re.compile(r"(?<![a-z0-9])\s+|\s+(?![a-z0-9])")
# The term of a note: what stands before its first colon, without the note's number.
_HEAD = re.compile(
    r"^[^\S\n]*(?:[\[〔【（(]?\d{1,3}[\]〕】）)]?[.．、]?|[①-⑳])?\s*(?P<term>[^：:\n]{1,60})[：:]", re.M
)
# What a term is called by may drop the last word: EOD for EOD模式.
_GENERIC = re.compile(r"(?:专项)?(?:工程|计划|行动|政策|体系|模式|平台|机制|制度|项目|方案|经济|城市|经验)$")
_BIT = re.compile(r"[“\"「『]([^”\"」』]{2,20})[”\"」』]")
# A part of an explanation begins with what it explains: 第二个“8”指, 网上可办率：指, “N”包括.
_PART = re.compile(
    r"(?P<name>(?:第[一二三四五六七八九十]个)?[“\"「『]?[^“”\"「」『』，。；：、（）]{1,16}?[”\"」』]?)"
    r"(?:是指|指的是|指|即|包括|[：:]|为(?=[^了]))"
)
_PART_CUT = re.compile(
    r"(?<=[。；;])|(?<=[，、（(])(?=(?:第[一二三四五六七八九十]个)?[“\"「『][^”\"」』]{1,8}[”\"」』](?:指|即|是指|：))|(?<=[（(]注[：:])"
)
# What says no more than that a term is asked for.
_FILLER = re.compile(
    r"[的里中个各哪几百千说讲是到底为和与、,，。?？\s\d一二三四五六七八九十两]|政府|报告|工作|提到|所谓|这个|那个|工程|计划|行动|政策|体系|模式|平台|经济|建设|市里|省里|含义|内容"
)
_DEFINES = r"[”\"」』》]*\s*(?:[（(]|是指|指的是|指|即|就是|——|[：:]|[，,]\s*(?:即|是?指))"
_SPLIT_CORE = re.compile(r"[的里中在是和与、,，。?？!\s]+")
# What a defining form is worth beside the words that a sentence shares with the question (at most about 1).
DEFINING, NAMING = 0.6, 0.3
# Words of a question for a list that its note need not hold: what the items are called (十座桥, 八样).
LIST_REST = 2
LONGEST_SHOWN = 220


@dataclass(frozen=True, slots=True)
class _Explanation:
    """A note, where its term begins, and how much of the question names it."""

    chunk: Chunk
    start: int
    names: tuple[str, ...]
    weight: float


def plain(text: str) -> str:
    """Folded text without quotation marks, and blanks only in Latin: a term is the same however it is quoted."""
    return _BLANK.sub("", fold(text).translate(_QUOTES)).strip()


def explain(question: Question, scorer: Scorer, chunks: Sequence[Chunk]) -> tuple[Line, ...]:
    """The note that explains the term asked about, or the parts of it that are asked for; else nothing."""
    asked = plain(question.understood)
    notes = [note for chunk in chunks if (note := _read_note(chunk, question, scorer))]
    if not notes:
        return ()
    best = max(notes, key=lambda note: note.weight)
    return tuple(_show(best.chunk, best.weight, piece) for piece in _choose(best, asked))


def _asks_only(question: Question, names: Iterable[str], text: str) -> bool:
    """Whether a question asks for no more than what the named terms are; a Chinese term in English is asked for."""
    if question.language == "en":
        return any(not name.isascii() for name in names)
    rest = plain(question.topic)
    for name in sorted(names, key=len, reverse=True):
        rest = rest.replace(name, "")
    rest = _FILLER.sub(" ", ASKING.sub(" ", rest))
    if question.kind is AnswerKind.LIST:
        told = plain(text)
        return sum(token not in told for token in tokenize(rest)) <= LIST_REST
    return len("".join(rest.split())) <= 2


def is_explained(question: Question, scorer: Scorer, chunks: Sequence[Chunk]) -> bool:
    """Whether a note explains what the question asks and the question asks for nothing else."""
    return any(
        _asks_only(question, note.names, note.chunk.text)
        for chunk in chunks
        if (note := _read_note(chunk, question, scorer)) is not None
    )


def _read_note(chunk: Chunk, question: Question, scorer: Scorer) -> _Explanation | None:
    if chunk.kind is not Kind.NOTE or not (head := _HEAD.search(chunk.text)):
        return None
    asked, told = plain(question.understood), plain(chunk.text)
    for other in question.terms:
        # “两翼联动” is not asked about by a note on “两翼”.
        asked = asked if plain(other) in told else asked.replace(plain(other), "")
    term = head["term"]
    wholes = [plain(term), *(plain(part) for part in re.split(r"[，、,]", term))]
    wholes += [_GENERIC.sub("", whole) for whole in wholes]
    bits = [plain(bit) for bit in _BIT.findall(term)]
    parts = [plain(part["name"]) for part in _parts(chunk.text)]
    names = tuple(
        dict.fromkeys(name for name in (*wholes, *bits, *parts) if len(name) > 1 and _names(name, asked))
    )
    if not names:
        return None
    own = any(slot.region is not None and slot.region == chunk.region for slot in question.slots)
    weight = scorer.share(scorer.covered(term)) + max(len(name) for name in names) / 20 + 0.2 * own
    return _Explanation(chunk, head.start("term"), names, round(weight, 6))


def _names(name: str, asked: str) -> bool:
    """Whether a question names it: not as a piece of a longer number or Latin word."""
    edge = r"(?<![0-9a-z.+])", r"(?![0-9a-z.+])"
    before = edge[0] if name[0].isascii() else ""
    return re.search(before + re.escape(name) + (edge[1] if name[-1].isascii() else ""), asked) is not None


def _parts(text: str) -> list[re.Match[str]]:
    """The beginnings of the parts of an explanation."""
    cut = [
        0,
        *(match.start() for match in _PART_CUT.finditer(text)),
        *(m.end("term") + 1 for m in _HEAD.finditer(text)),
    ]
    return [match for start in sorted(set(cut)) if (match := _PART.match(text, start))]


def _choose(note: _Explanation, asked: str) -> list[Piece]:
    """The parts that the question asks for beside the term itself; all of the note where it asks for none."""
    text = note.chunk.text
    head = _HEAD.search(text)
    term = head["term"] if head else ""
    parts = _parts(text)
    named = {plain(part["name"]) for part in parts}
    rest = asked
    for whole in (term, *re.split(r"[，、,]", term)):
        rest = rest.replace(plain(whole), "", 1)
    for bit in _BIT.findall(term):
        rest = rest if plain(bit) in named else rest.replace(plain(bit), "", 1)
    ends = [*(part.start() for part in parts[1:]), len(text)]
    wanted = [
        trim(Piece(text[part.start() : end], part.start(), end))
        for part, end in zip(parts, ends, strict=False)
        if part.start() > note.start and _names(plain(part["name"]), rest)
    ]
    if (
        len(wanted) > 1
        and wanted[1].start - wanted[0].end < 3
        and wanted[1].end - wanted[0].start <= MAX_SPAN
    ):
        start, end = wanted[0].start, wanted[1].end
        wanted = [Piece(text[start:end], start, end)]
    return wanted[:2] or _fit(Piece(text[note.start :], note.start, len(text)), asked)


def _fit(piece: Piece, asked: str) -> list[Piece]:
    """A piece in spans of at most MAX_SPAN characters; a long one only as far as it tells of the year asked for."""
    if len(piece.text) <= MAX_SPAN:
        return [trim(piece)]
    spans: list[Piece] = []
    for sentence in split_sentences(piece.text):
        start, end = piece.start + sentence.start, piece.start + sentence.end
        if spans and end - spans[-1].start <= MAX_SPAN:
            first = spans.pop().start
            spans.append(Piece(piece.text[first - piece.start : sentence.end], first, end))
        else:
            spans.append(Piece(sentence.text[:MAX_SPAN], start, min(end, start + MAX_SPAN)))
    years = re.findall(r"(?:19|20)\d\d年", asked)
    dated = [span for span in spans if any(year in fold(span.text) for year in years)]
    return [trim(span) for span in dated or spans]


def _show(chunk: Chunk, score: float, piece: Piece) -> Line:
    return Line(chunk, piece.start, piece.end, score, around=piece.text)


def find_term(question: Question, chunks: Sequence[Chunk]) -> str:
    """The term asked about, as `plain`: what is quoted, else the longest run of the question that a passage holds."""
    texts = [plain(chunk.text) for chunk in chunks]
    quoted = [plain(term) for term in question.terms]
    runs = [run for run in _SPLIT_CORE.split(ASKING.sub(" ", fold(question.topic))) if len(run) > 1]
    for candidates in (quoted, sorted((plain(run) for run in runs), key=len, reverse=True)):
        for candidate in candidates:
            if any(candidate in text for text in texts):
                return candidate
    return ""


def define(question: Question, sentences: Sequence[Sentence]) -> tuple[Line, ...]:
    """The sentence that defines the term: 是指, 即, a bracket after it; else the one that says most beside it."""
    term = find_term(question, [sentence.chunk for sentence in sentences])
    if not sentences:
        return ()
    best = max(
        sentences, key=lambda sentence: (sentence.score + _worth(term, sentence.text), -sentence.chunk.id)
    )
    piece = trim(best.piece)
    if len(piece.text) > LONGEST_SHOWN:
        piece = _around(term, piece)
    return (Line(best.chunk, piece.start, piece.end, best.score, around=best.text),)


def _worth(term: str, text: str) -> float:
    """What the form of a sentence is worth as a definition of a term."""
    if not term or term not in plain(text):
        return 0.0
    spaced = '[“”"‘’「」『』《》\\s]*'.join(map(re.escape, term))
    folded = fold(text)
    if re.search(spaced + _DEFINES, folded) or re.search(r"、[^,;。]*等[“\"「『]?" + spaced, folded):
        return DEFINING
    return NAMING if len(plain(text)) > len(term) + 12 else 0.0


def _around(term: str, piece: Piece) -> Piece:
    """The end of a long sentence that begins at the clause of its term."""
    place = fold(piece.text).find(term)
    start = max(piece.text.rfind(mark, 0, max(place, 0)) for mark in "，；。：") + 1
    end = min(len(piece.text), start + MAX_SPAN)
    return trim(Piece(piece.text[start:end], piece.start + start, piece.start + end))
