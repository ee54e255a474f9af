"""Lists: the items that stand in one sentence, or one after another in the sentences, paragraphs or headings below."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.answering.figures import parse_chinese
from rag.answering.lines import MAX_SPAN, Line
from rag.answering.phrases.scoring import Article, Fits, Scorer, Sentence, as_line
from rag.answering.phrases.series import find_series
from rag.answering.sentences import Piece, split_clauses, split_sentences, trim
from rag.english import NUMBERS
from rag.types import Hit

_COUNT = re.compile(
    r"(?P<count>两|[二三四五六七八九十]{1,3}|\d{1,2})(?:个|项|条|大|家|支|种|类|步|座|位|名|处|方面|部|块|所|件|只|点|下|有|免|强|首|市|县|城)"
)
_ENGLISH_COUNT = re.compile(rf"\b(?:{'|'.join(NUMBERS)})\b")
_NOUN = re.compile(
    r"(?:哪些|哪几[个项条家种类处位座]|哪[一二三四五六七八九十\d]+[个项条家种类处位座])(?P<noun>[\u4e00-\u9fff]{2,4})"
)
_NOUN_AT_END = re.compile(
    r"哪[几两二三四五六七八九十\d]+[个项条家种类处位座支][“\"]?(?P<noun>[\u4e00-\u9fff]{1,5})[”\"]?(?=[?(（，,]|$)"
)
_CLOSING = re.compile(r"(?:等.{0,6})?[)）”\"。；，,\s]*$")
_ENUMERATION = re.compile(r"(?:[^，。；：、\n]{1,40}、)+[^，。；：、\n]{1,40}|(?:[“《][^”》]{1,30}[”》]){2,}")
# What a report admits of itself, as its one paragraph on that says it, and how such a list is asked for.
_FAULT = "(?:困难|难[处题点]|问题|不足|短板|挑战|差距|薄弱)"
_ENGLISH_FAULT = "difficulties|problems|challenges|shortcomings|weaknesses"
_FAULTS_ASKED = re.compile(
    rf"{_FAULT}.{{0,10}}(?:哪|什么|啥)|(?:哪|什么|啥).{{0,8}}{_FAULT}|\b(?:{_ENGLISH_FAULT})\b"
)
_FAULT_WORDS = re.compile(
    rf"不足之?处?|薄弱环节|{_FAULT}|承认|坦[言承陈]了?|认为|面临|面对|存在|自己|自身|发展[中里]?|报告|工作|政府|还有|方面"
    rf"|\b(?:{_ENGLISH_FAULT}|admits?|face|faces|report)\b"
)
_FAULTS = re.compile(
    r"清醒.{0,3}(?:认识|看到)|[也还仍](?:然)?(?:面临|存在).{0,12}(?:困难|问题|不足|短板|挑战)"
)
# What a sentence gains by holding a list, or the very number of items asked for; beside a share of at most 1.
HOLDS_LIST, RIGHT_NUMBER = 0.2, 0.25
# What naming the items as the question does is worth.
RIGHT_NOUN = 0.1
# What it is worth that every item ends with the noun asked for (哪四个区: 样板区、引领区、先行区、示范区).
RIGHT_ENDS = 0.3
# What it is worth that the term asked about is spelt out in brackets after it: “三保”（保基本民生、保工资、保运转）.
SPELT_OUT = 0.4
# A second sentence is shown where it is nearly as good and stands beside the first.
NEARLY = 0.85
LOOKED_AT = 12
LONGEST_SHOWN = 260


@dataclass(frozen=True, slots=True)
class _List:
    """A sentence with the items that follow it (none where it holds them itself), and its worth as a list."""

    sentence: Sentence
    items: tuple[Line, ...]
    score: float


def list_items(scorer: Scorer, sentences: Sequence[Sentence], article: Article) -> tuple[Line, ...]:
    """The items asked for: a line an item where they stand apart, else the sentence that holds them."""
    if not sentences:
        return ()
    count = count_asked(scorer.folded)
    noun = _noun_asked(scorer.folded)
    looked_at = [
        *sentences[:LOOKED_AT],
        *(each for each in sentences[LOOKED_AT:] if _ends_with(each.text, noun[1])),
    ]
    found = [
        _read(sentence, count, noun, article, _spells_out(sentence.text, scorer.question.terms))
        for sentence in looked_at
    ]
    best = max(found, key=lambda each: (each.score, -each.sentence.chunk.id, -each.sentence.piece.start))
    if best.items:
        return best.items
    lines = [_whole(best.sentence, scorer)]
    for other in () if count_items(best.sentence.text) == count else found:
        if _goes_on(best, other):
            lines.append(_whole(other.sentence, scorer))
            break
    return tuple(sorted(lines, key=lambda line: line.start))


def admitted(scorer: Scorer, hits: Sequence[Hit], fits: Fits) -> tuple[Sentence, ...]:
    """The sentence by which a report admits its faults, where they are asked for, whatever words it has for them."""
    if not _FAULTS_ASKED.search(scorer.folded):
        return ()
    found = (
        Sentence(hit.chunk, piece, hit.score)
        for hit in hits
        for piece in split_sentences(hit.chunk.text)
        if _FAULTS.search(piece.text)
    )
    return tuple(sentence for sentence in found if fits(as_line(sentence)))[:1]


def without_faults(folded: str) -> str:
    """A folded question without its words for faults, where it asks for them: a report admits them by words of its own."""
    return _FAULT_WORDS.sub(" ", folded) if _FAULTS_ASKED.search(folded) else folded


def count_asked(folded: str) -> int | None:
    """How many items a question asks for: 哪四个 -> 4; None where it does not say."""
    match = _COUNT.search(folded)
    if not match:
        english = _ENGLISH_COUNT.search(folded)
        return NUMBERS.index(english.group()) + 2 if english else None
    digits = match["count"]
    return int(digits) if digits.isdigit() else parse_chinese(digits)


def count_items(text: str) -> int:
    """The items of the longest enumeration of a text; 0 where there is none."""
    counts = [
        match.group().count("、") + 1 if "、" in match.group() else len(re.findall(r"[“《]", match.group()))
        for match in _ENUMERATION.finditer(text)
    ]
    return max(counts, default=0)


def _noun_asked(folded: str) -> tuple[str, str]:
    """What the items are, as the question goes on after asking (哪些企业参加 -> 企业参加), and what each may end with."""
    match, end = _NOUN.search(folded), _NOUN_AT_END.search(folded)
    return match["noun"] if match else "", end["noun"][-2:] if end else ""


def _names_items(text: str, noun: str) -> bool:
    """Whether a clause with an enumeration names what its items are: 甲、乙等企业."""
    return any(
        noun[:length] in clause.text
        for clause in split_clauses(text)
        if count_items(clause.text) > 1
        for length in range(len(noun), 1, -1)
    )


def _spells_out(text: str, terms: Sequence[str]) -> bool:
    """Whether a text puts a list in brackets right after a quoted term."""
    return any(re.search(rf"{re.escape(term)}[”\"」]?[（(][^）)]*[、，][^）)]*[）)]", text) for term in terms)


def _ends_with(text: str, noun: str) -> bool:
    """Whether every item of the longest enumeration ends with a noun."""
    if not noun:
        return False
    longest = max(
        (m.group() for m in _ENUMERATION.finditer(text)), key=lambda run: run.count("、"), default=""
    )
    items = [_CLOSING.sub("", item) for item in longest.split("、")]
    return len(items) > 1 and all(item.endswith(noun) for item in items)


def _read(
    sentence: Sentence, count: int | None, noun: tuple[str, str], article: Article, is_spelt: bool
) -> _List:
    own = count_items(sentence.text)
    # 甲、乙和丙: the last item may hide behind 和.
    exact = count is not None and own > 1 and own in (count, count - 1)
    items = tuple(
        replace(item, around=f"{sentence.text.strip()}{item.around}")
        for item in find_series(sentence, count, article)
    )
    if exact and len(items) != count:
        items = ()
    bonus = (
        SPELT_OUT * is_spelt
        + HOLDS_LIST * (own > 2 or bool(items))
        + RIGHT_NUMBER * (exact or (count is not None and len(items) == count))
        + RIGHT_NOUN * (own > 1 and _names_items(sentence.text, noun[0]))
        + RIGHT_ENDS * (own > 1 and _ends_with(sentence.text, noun[1]))
    )
    return _List(sentence, items, round(sentence.score + bonus, 6))


def _goes_on(first: _List, second: _List) -> bool:
    """Whether a second sentence of the same passage belongs to the answer too."""
    return (
        second.sentence is not first.sentence
        and second.sentence.chunk.id == first.sentence.chunk.id
        and second.sentence.score >= NEARLY * first.sentence.score
        and count_items(second.sentence.text) > 1
        and not second.items
    )


def _whole(sentence: Sentence, scorer: Scorer) -> Line:
    """The sentence with those that a semicolon ties to it, as far as a span holds; of a long one the list's clauses."""
    piece = _chain(sentence)
    if len(piece.text) > LONGEST_SHOWN:
        piece = sentence.piece
    if len(piece.text) > LONGEST_SHOWN:
        piece = _list_clauses(piece, scorer)
    shown = trim(piece)
    end = min(shown.end, shown.start + MAX_SPAN)
    return Line(sentence.chunk, shown.start, end, sentence.score, around=sentence.text)


def _chain(sentence: Sentence) -> Piece:
    """A sentence that opens a list (主要是：甲；乙；丙。) with the parts after its semicolons."""
    text, start, end = sentence.chunk.text, sentence.piece.start, sentence.piece.end
    if not re.search(r"[：:]|包括|分别|主要(?:是|有)", sentence.text) or not sentence.text.rstrip().endswith(
        ("；", ";")
    ):
        return sentence.piece
    for piece in split_sentences(text):
        if piece.start == end and text[end - 1] in "；;" and piece.end - start <= MAX_SPAN:
            end = piece.end
    return Piece(text[start:end], start, end)


def _list_clauses(piece: Piece, scorer: Scorer) -> Piece:
    """The clauses of a long sentence from the first word of the question to the end of its list."""
    clauses = split_clauses(piece.text)
    useful = [c for c in clauses if scorer.covered(c.text) or count_items(c.text) > 2]
    if not useful:
        return piece
    best = max(
        useful, key=lambda c: scorer.share(scorer.covered(c.text)) + HOLDS_LIST * (count_items(c.text) > 2)
    )
    first = last = clauses.index(best)
    while last + 1 < len(clauses) and clauses[last + 1].end - clauses[first].start <= LONGEST_SHOWN // 2:
        last += 1
    start, end = clauses[first].start, clauses[last].end
    return replace(piece, text=piece.text[start:end], start=piece.start + start, end=piece.start + end)
