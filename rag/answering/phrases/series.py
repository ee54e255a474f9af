"""Items that follow the sentence announcing them: numbered (一是, (一), 1.), tied by semicolons, or short first sentences."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.answering.figures import parse_chinese
from rag.answering.lines import Line
from rag.answering.phrases.scoring import Article, Sentence
from rag.answering.sentences import Piece, split_sentences, trim
from rag.types import Chunk, Kind

_HAN = "[一二三四五六七八九十]{1,3}"
_BEGIN = r"(?:(?<=[。；：:;！？\n])|\A)[ \u3000]*"
# How the items of one list are numbered; in a list only one of these is used.
_STYLES = tuple(
    re.compile(_BEGIN + style)
    for style in (
        rf"[（(](?P<n>{_HAN})[）)]",
        rf"(?P<n>{_HAN})(?:是|要)(?!否)",
        rf"第(?P<n>{_HAN})[，、：是]",
        rf"(?P<n>{_HAN})、",
        r"[（(](?P<n>\d{1,2})[）)]",
        r"(?P<n>\d{1,2})[.．、](?!\d)",
    )
)
_ORDER = re.compile(_BEGIN + r"(?P<n>首先|其次|再次|然后|最后)[，,]")
_ANNOUNCES = re.compile(
    r"[：:]\s*$|方面|如下|以下|困难|问题|不足|短板|[两二三四五六七八九十几\d]+余?(?:个|项|大|条|类|点|支|种|步|家|位|名|处|批|件)|分别|其中|进展|成效|成绩"
)
_NUMBER = re.compile(
    rf"(?P<n>{_HAN}|\d{{1,2}})(?:个|项|大|条|类)(?:方面|重点|任务|举措|工作|问题|困难|走前列|行动|工程)"
)
# The first item stands within so many characters of what announces it.
NEAR = 60
LONGEST_ITEM = 60
MOST_ITEMS = 12
_LEAD = re.compile(r"[^，。；：\d]{5,22}。")


@dataclass(frozen=True, slots=True)
class _Place:
    """A passage and the offset in it from which it is read."""

    chunk: Chunk
    start: int


def find_series(sentence: Sentence, count: int | None, article: Article) -> tuple[Line, ...]:
    """The items that a sentence announces, each with its own span, in order; none where it announces none."""
    words = re.split(r"(?<=[：:])", sentence.text, maxsplit=1)[0]
    is_note = sentence.chunk.kind is Kind.NOTE
    announces = _is_heading(sentence) or _ANNOUNCES.search(words)
    if is_note or not announces or len(words) > 2 * LONGEST_ITEM:
        return ()
    announced = _announced(words)
    if count and announced and count != announced:
        return ()
    count = count or announced
    places = list(_after(sentence, article(sentence.chunk)))
    for found in (_numbered(places, count), _tied(places, count), _leads(places, count)):
        if len(found) > 1 and (count is None or len(found) == count):
            return tuple(found)
    return ()


def _is_heading(sentence: Sentence) -> bool:
    """Whether a sentence is the heading that its passage stands right below: what is numbered there is its list."""
    return sentence.chunk.section[-1:] == (sentence.text.strip().rstrip("：:。"),)


def _announced(words: str) -> int | None:
    """How many items a sentence announces: 五个方面 -> 5."""
    match = _NUMBER.search(words)
    return _value(match["n"], 0) if match else None


def _after(sentence: Sentence, article: Sequence[Chunk]) -> Iterator[_Place]:
    """What follows the first words of a sentence in its section, passage by passage."""
    home = sentence.chunk
    yield _Place(home, sentence.piece.start + 1)
    for chunk in article:
        if chunk.start >= home.end:
            if chunk.section[: len(home.section)] != home.section:
                return
            yield _Place(chunk, 0)


def _numbered(places: Sequence[_Place], count: int | None) -> list[Line]:
    """The items 一, 二, 三 of the style that begins first and near."""
    for style in (*_STYLES, _ORDER):
        items: list[Line] = []
        for number, place in enumerate(places):
            for match in style.finditer(place.chunk.text, place.start):
                near = number == 0 or (number == 1 and match.start() == 0)
                if not items and not (near and match.start() - place.start <= 3 * NEAR):
                    break
                if _value(match["n"], len(items)) != len(items) + 1:
                    if items and _value(match["n"], 0) == 1:
                        return items
                    continue
                items.append(_item(place.chunk, match.start()))
                if len(items) == (count or MOST_ITEMS):
                    return items
        if len(items) > 1:
            return items
    return []


def _value(numeral: str, before: int) -> int:
    if numeral in {"首先", "其次", "再次", "然后", "最后"}:
        return 1 if numeral == "首先" else before + 1
    return int(numeral) if numeral.isdigit() else parse_chinese(numeral)


def _tied(places: Sequence[_Place], count: int | None) -> list[Line]:
    """The parts of one sentence that semicolons tie: 甲队…；乙队…；丙队…。"""
    chunk, pieces = places[0].chunk, _pieces_from(places[0])
    if not pieces and len(places) > 1:
        chunk, pieces = places[1].chunk, _pieces_from(places[1])
    items: list[Line] = []
    for piece in pieces:
        items.append(_item(chunk, piece.start))
        if not piece.text.rstrip().endswith(("；", ";")):
            break
    return items if len(items) > 1 and count == len(items) else []


def _pieces_from(place: _Place) -> list[Piece]:
    return [piece for piece in split_sentences(place.chunk.text) if piece.start >= place.start]


def _leads(places: Sequence[_Place], count: int | None) -> list[Line]:
    """Short first sentences of what follows, as headings within a paragraph: 生态质量得到提升。"""
    if count is None:
        return []
    items: list[Line] = []
    for place in places[:6]:
        pieces = _pieces_from(place)
        for piece, after in zip(pieces, [*pieces[1:], None], strict=False):
            if _LEAD.fullmatch(piece.text.strip()) and (after is None or len(after.text) > len(piece.text)):
                items.append(_item(place.chunk, piece.start))
                if len(items) == count:
                    return items
    return items


def _item(chunk: Chunk, start: int) -> Line:
    """An item: its first sentence, or of a long one its first clause."""
    text = chunk.text[start:]
    end = next((m.end() for m in re.finditer(r"[。；;！\n]", text)), len(text))
    if end > LONGEST_ITEM:
        clause = re.search(r"[，：:]", text[4:end])
        end = clause.start() + 4 if clause else min(end, 2 * LONGEST_ITEM)
    piece = trim(Piece(text[:end], start, start + end))
    return Line(chunk, piece.start, piece.end, 0.0, around=piece.text)
