"""What an article's head and text tell of it: title, issuing body, author, date and region."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from rag.corpus.articles import DATE_LINE, ISSUER, SALUTATION, TITLE_END, is_byline
from rag.corpus.lines import is_title_like, numbering, read_number
from rag.corpus.periods import find_periods
from rag.corpus.placenames import Mention
from rag.corpus.regions import Gazetteer, gazetteer
from rag.corpus.repair import Paragraph
from rag.corpus.signatures import is_signed, sign_off
from rag.text import fold
from rag.types import Level, Region

_DATE = re.compile(
    r"(?P<year>\d{4}|[一二][九〇○零][〇○零一二三四五六七八九]{2})\s*年\s*(?P<month>[\d一二三四五六七八九十]{1,3})\s*月\s*(?P<day>[\d一二三四五六七八九十]{1,3})\s*日"
)
_DIGIT_DATE = re.compile(r"(?<!\d)(?P<year>(?:19|20)\d\d)([-/.])(?P<month>\d{1,2})\2(?P<day>\d{1,2})(?!\d)")
_SIGNED_DATE = re.compile(rf"(?P<body>[^，。；：\d]{{2,40}}?)[ 　]+{_DATE.pattern}$")
_OFFICE = r"(?:副|代|常务)*(?:省长|市长|县长|区长|州长|盟长|旗长|乡长|镇长|主席|主任|厅长|局长|司长|部长|院长|检察长|总理|书记|秘书长|专员|行长|会长)"
_SPEAKER = re.compile(
    rf"^(?P<body>[^，。；：]{{0,40}}?)(?P<office>(?:{_OFFICE}[、 　]?)+)[ 　]*(?P<name>[\u4e00-\u9fff](?:[ 　]*[\u4e00-\u9fff·]){{1,4}})$"
)
_JOINED_TITLE = re.compile(r"^(?:与|和|及|暨|的|关于|[（(])")
# The year below a title: 某省水资源公报 and 2023年.
_YEAR_BELOW = re.compile(r"^[（(]?\s*(?:19|20)\d\d\s*(?:[—–-]\s*(?:19|20)\d\d\s*)?年?度?\s*[)）]?$")
_YEAR_FIRST = re.compile(r"(?:19|20)\d\d年")
_NATION = re.compile(r"中华人民共和国|国务院|全国人民代表大会|全国人大")
_HEAD_LINES = 8
_LONGEST_MADE_TITLE = 40
_OPENING = 1500
_LOOKS, _LONGEST_PARENTS = 20, 16


@dataclass(frozen=True, slots=True)
class Head:
    """The title of an article and how many of its paragraphs stand before its text.

    `titles` are the numbers of the title's paragraphs; there are none when the title was made of the text.
    """

    title: str
    titles: tuple[int, ...]
    length: int


def read_head(paragraphs: Sequence[Paragraph]) -> Head:
    """The head of an article: its title and the lines that follow before the text or the first section."""
    length = _head_length(paragraphs)
    lines = paragraphs[:length]
    for number, paragraph in enumerate(lines):
        if paragraph.level and not is_byline(paragraph.text):
            return Head(paragraph.text, (number,), length)
    titles = [
        n
        for n, paragraph in enumerate(lines)
        if not is_byline(paragraph.text) and paragraph.text[0] not in "■□◆●★▲"
    ]
    titles = [n for n in titles if n <= titles[0] + 3]
    if not titles:
        return Head(_made_title(paragraphs[0].text), (), length)
    chosen = next((n for n in titles if TITLE_END.search(lines[n].text)), titles[0])
    if chosen + 1 in titles and _YEAR_BELOW.match(lines[chosen + 1].text):
        return Head(lines[chosen].text + lines[chosen + 1].text, (chosen, chosen + 1), length)
    if chosen - 1 in titles and _is_of_office(lines[chosen - 1].text, lines[chosen].text):
        return Head(lines[chosen - 1].text + lines[chosen].text, (chosen - 1, chosen), length)
    if chosen - 1 in titles and _goes_on(lines[chosen - 1].text, lines[chosen].text):
        return Head(lines[chosen - 1].text + lines[chosen].text, (chosen - 1, chosen), length)
    return Head(lines[chosen].text, (chosen,), length)


def _goes_on(above: str, below: str) -> bool:
    """Whether a title that is set in two lines goes on in the second (关于某县财政决算和其他 / 财政收支的审计报告)."""
    if _JOINED_TITLE.match(below) or above.endswith(("关于", "的", "与", "和", "及", "、")):
        return True
    return "关于" in above and not TITLE_END.search(above)


def _is_of_office(above: str, below: str) -> bool:
    """Whether a title without a place goes on from the office named above it (某市水务局 / 2023年工作总结)."""
    is_titled = bool(ISSUER.match(above) and _YEAR_FIRST.match(fold(below)))
    return is_titled and not gazetteer().find(below)


def _head_length(paragraphs: Sequence[Paragraph]) -> int:
    """Number of paragraphs before the first that is running text, a salutation, a table or a numbered heading."""
    for number, paragraph in enumerate(paragraphs[:_HEAD_LINES]):
        text = paragraph.text
        if is_byline(text):
            continue
        is_body = not paragraph.level and (not is_title_like(text) or is_signed(text))
        if is_body or paragraph.table or numbering(text) or SALUTATION.match(text):
            return number
        if number and paragraph.level and paragraph.level > paragraphs[0].level > 0:
            return number
    return min(len(paragraphs), _HEAD_LINES)


def _made_title(text: str) -> str:
    """The first clause of a text that has no title."""
    clause = re.split(r"[。！？；\n]", text, maxsplit=1)[0].strip("　 #*")
    return (clause or text)[:_LONGEST_MADE_TITLE].strip()


def find_date(head: Sequence[str], closing: Sequence[str]) -> str | None:
    """The date (YYYY-MM-DD) that a line of the head gives, else one that stands alone below the text (`closing`).

    A line gives it that begins with it (2024年1月9日在…会议上), tells when the text was published (发布时间：2024-01-09)
    or signs with it (某县统计局 2024年4月8日).
    """
    for line in [*head, *closing]:
        if DATE_LINE.match(line) or is_byline(line):
            match = _DATE.search(line) or _DIGIT_DATE.search(line)
        else:
            match = _SIGNED_DATE.match(line)
        if match and (found := _iso(match)):
            return found
    return None


def _iso(match: re.Match[str]) -> str | None:
    year = find_periods(match["year"] + "年", None)
    try:
        return date(year[0].period.first, read_number(match["month"]), read_number(match["day"])).isoformat()
    except (ValueError, IndexError):
        return None


def find_speaker(head: Sequence[str], region: Region | None) -> tuple[str | None, str | None]:
    """Issuing body and author from a line such as 省发展和改革委员会主任 王前虎; 省长 speaks for 江西省人民政府."""
    issuer = None
    for line in head:
        match = _SPEAKER.match(line)
        if match:
            name = re.sub(r"[ 　]", "", match["name"])
            body = match["body"].strip(" 　") or _government(match["office"], region)
            return body, name
        dated = _SIGNED_DATE.match(line)
        body = dated["body"] if dated else line
        if issuer is None and ISSUER.match(body) and not is_byline(line):
            issuer = body
    return issuer, None


def find_signer(closing: Sequence[str]) -> str | None:
    """The body that signs below a text: its name above the date, which is the last line."""
    if len(closing) < 2 or not DATE_LINE.match(closing[-1]):
        return None
    return closing[0] if ISSUER.match(closing[0]) else None


def _government(office: str, region: Region | None) -> str | None:
    """The government that a head without a named body speaks for."""
    if region is None or not re.search(r"[省市县区州盟旗乡镇]长", office):
        return None
    return f"{region.path[-1]}人民政府"


def find_author(texts: Sequence[str]) -> str | None:
    """The authors in brackets at the end of a piece."""
    return next((author for text in reversed(texts) if (author := sign_off(text))), None)


def find_region(
    title: str, head: Sequence[str], texts: Sequence[str], known: Sequence[Region]
) -> Region | None:
    """The place that an article tells of: from its title, then its head, then the first place that its text names,
    unless it names another much more often.

    `known` are the regions of other articles of the file; they decide between places of one name.
    """
    places = gazetteer()
    whole = "\n".join([title, *head, *texts])
    for line in [title, *head]:
        if _NATION.search(line):
            return Region(("中国",), Level.COUNTRY)
        if mentions := _borne_out(places.find(line, known), whole, known, places):
            return _placed(_first(line, mentions), whole, places)
    body = "\n".join(texts)
    mentions = _borne_out(places.find(body[:_OPENING], known), whole, known, places)
    if not mentions:
        return None
    first = _settle(mentions[0].region, body, places)
    most = max((mention.region for mention in mentions), key=lambda region: _count(region, body, places))
    if first.contains(most) or most.contains(first):
        return first
    return (
        _settle(most, body, places) if _count(most, body, places) > 2 * _count(first, body, places) else first
    )


def _borne_out(
    mentions: Sequence[Mention], whole: str, known: Sequence[Region], places: Gazetteer
) -> list[Mention]:
    """The mentions without counties of which the article says no more than a short name: 太平 of 太平洋, 中原.

    A county counts where its full name stands, or a place around it is named or known.
    """
    return [
        mention
        for mention in mentions
        if mention.region.level is not Level.COUNTY
        or mention.region.path[-1] in whole
        or any(around in known or _count(around, whole, places) for around in _around(mention.region, places))
    ]


def _around(region: Region, places: Gazetteer) -> Iterator[Region]:
    """The places that a place lies in, the nearest first."""
    around = places.around(region)
    while around is not None:
        yield around
        around = places.around(around)


def _first(line: str, mentions: Sequence[Mention]) -> Region:
    """The first place of a line, or the one within it that a colon leads to (潍坊：坊子区打造…)."""
    first, *others = mentions
    if others and line[first.end : others[0].start].strip() in ("：", ":"):
        return others[0].region if first.region.contains(others[0].region) else first.region
    return first.region


def _placed(region: Region, body: str, places: Gazetteer) -> Region:
    """A place that the gazetteer lacks (青禾县), with the places it lies in where the text says so (绵阳市青禾县)."""
    if region.level is Level.PROVINCE or len(region.path) > 1:
        return region
    for match in islice(re.finditer(re.escape(region.name), body), _LOOKS):
        before = body[max(0, match.start() - _LONGEST_PARENTS) : match.start()]
        mentions = places.find(before)
        if mentions and mentions[-1].end == len(before):
            return Region((*mentions[-1].region.path, region.name), region.level)
    return region


def _settle(region: Region, body: str, places: Gazetteer) -> Region:
    """The place itself, or the one around it when that is named more than twice as often."""
    while (around := places.around(region)) is not None:
        if 2 * _count(region, body, places) >= _count(around, body, places):
            return region
        region = around
    return region


def _count(region: Region, body: str, places: Gazetteer) -> int:
    """How often the text names the place by its full or short name, or as 该县, 该乡."""
    name = region.path[-1]
    short = places.short_name(region)
    suffix = re.search(r"(?:街道|经开区|高新区|新区|[省市县区旗乡镇村])$", name)
    named = body.count(short if short in name else name)
    return named + (body.count(f"该{suffix[0]}") if suffix else 0)
