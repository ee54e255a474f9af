"""Parts of a question taken out, put in and kept: places, times, topic, and the words that only ask."""

import re
from collections.abc import Sequence

from rag.breakdowns import swap_part
from rag.mentions import ASKING, Coverage, Mention, find_place_names, find_regions, find_times
from rag.text import fold
from rag.types import Period, Region

Mentions = Sequence[Mention[Region]] | Sequence[Mention[Period]]

_COUNTED = re.compile(
    r"(?:是|有|为|了)?(?:多少|几)(?:[个项座处条家户人名辆台所件次块枚支批种类届亩吨米元天年]|公里|平方[公千]?[里米]|万?亩)?|(?:是)?百分之几|几成|(?:排|位居|居)?第几位?"
)
_ASKED = re.compile(
    r"(?:什么时候|何时|哪一?[年天]|为什么|为何|如何|怎么).*|是?(?:什么意思|干什么的|干嘛的|做什么的|干啥的|指的?是?什么|谁|什么|啥|哪里|哪儿)|多少|百分之几|有哪些|是什么|how (?:many|much)|怎么\S{0,4}"
)
# 马大姐那支: the measure word stands for the noun (巡防队) of what it resembles.
_NOUN_LEFT_OUT = re.compile(r"的?那[个项座处条支位家件部]$")
_QUOTES = '“”"「」『』《》'
_TERM = re.compile(
    rf"[{_QUOTES}](?P<name>[^{_QUOTES}]{{2,30}})[{_QUOTES}][\u4e00-\u9fff]{{0,8}}?(?=是|指|里|中|的|$)"
)
# What a follow-up names a part with: 对缅甸, 农村的.
_OF = re.compile(r"^(?:对|在|从|向|和)|的$")
_ADDED = re.compile(r"新增|净增|新建|新改扩建")
# 建了多少个公园: what is counted stands behind the asking word.
_COUNTED_NOUN = re.compile(
    r"(?P<asked>(?:多少|几)(?:[个家项件所座处条张套台批支种名人户次]|公里)?)了?[\u4e00-\u9fff]{2,12}[?？]?$"
)
_NOUN_END = re.compile(r"[是的有在和与]|$")


def is_english(text: str) -> bool:
    """Whether Latin letters outnumber Han characters."""
    return sum(c.isascii() and c.isalpha() for c in text) > 2 * sum("\u3400" <= c <= "\u9fff" for c in text)


def without(text: str, mentions: Sequence[Mention[Region] | Mention[Period]]) -> str:
    """The text without these mentions."""
    for mention in sorted(mentions, key=lambda mention: -mention.start):
        text = text[: mention.start] + text[mention.end :]
    return text


def own_words(folded: str, coverage: Coverage) -> str:
    """What a folded question says besides places, times and asking: its topic."""
    bare = without(folded, (*find_regions(folded, coverage), *find_times(folded, coverage)))
    return re.sub(r"[\W\d]", "", ASKING.sub("", bare))


def stem(question: str) -> str:
    """A question without the words that ask and its mark: 2023年信丰县森林覆盖率是多少？ -> 2023年信丰县森林覆盖率."""
    if is_english(question):
        return re.sub(
            r"^(how (many|much)|what (is|was|are|were)|who|where|which)\s+",
            "",
            question.rstrip("? "),
            flags=re.I,
        )
    text = question.rstrip("？?。！! ")
    folded = fold(text)
    for pattern in (_COUNTED, ASKING):
        for match in reversed(list(pattern.finditer(folded))):
            text = text[: match.start()] + text[match.end() :]
        folded = fold(text)
    return re.sub(r"(?:[，, 是]|要到|要|达到|(?<![增升降长])到)+$", "", text).strip()


def subject(question: str) -> str:
    """Whom or what a question is about, as the first words of the next: 朱松涛是谁 -> 朱松涛."""
    named = re.split(r"(?<=..)(?:现在|目前|如今|当时|现任|担任)", stem(question), maxsplit=1)[0]
    return re.sub(r"(?:是|在|做|干|搞|的|了|有|吗|，)+$", "", named)


def keep_slots(question: str, coverage: Coverage) -> str:
    """The places and times of a question."""
    folded = fold(question)
    regions, times = find_regions(folded, coverage), find_times(folded, coverage)
    spans = sorted([*((m.start, m.end) for m in regions), *((m.start, m.end) for m in times)])
    joint = " in " if is_english(question) else ""
    return joint.join(question[start:end] for start, end in spans)


def carry_over(text: str, previous: str, coverage: Coverage) -> str:
    """A question that names no place and no time, with those of the question before it."""
    slots = keep_slots(previous, coverage)
    if not slots:
        return text
    if is_english(text):
        return f"{re.sub(' there$', '', text.rstrip('? '))} in {slots}?"
    return f"{slots}{text}"


def replace_slots(
    text: str,
    previous: str,
    places: Sequence[Mention[Region]],
    times: Sequence[Mention[Period]],
    coverage: Coverage,
) -> str:
    """The previous question with the places and times of a follow-up in place of its own."""
    if places:
        previous = _in_full(
            _replace(previous, find_regions(fold(previous), coverage), text, places), text, places, coverage
        )
    if times:
        previous = _replace(previous, find_times(fold(previous), coverage), text, times)
    return previous


def _in_full(question: str, text: str, places: Sequence[Mention[Region]], coverage: Coverage) -> str:
    """A question with the full names of places whose short ones are none beside the words they came to stand by (来凤|城镇化)."""
    known = {mention.named for mention in find_regions(fold(question), coverage)}
    for place in places:
        if place.named not in known:
            question = question.replace(text[place.start : place.end], place.named.path[-1], 1)
    return question


def _replace(previous: str, old: Mentions, text: str, new: Mentions) -> str:
    """`previous` with its first old mention put as the new words, and the other old ones taken out."""
    words = "、".join(text[mention.start : mention.end] for mention in new)
    if words.isdigit() and not is_english(previous):
        words += "年"
    elif is_english(previous):
        words = words.replace("、", " and ").replace("年", "")
    if not old:
        return f"{previous.rstrip('? ')} in {words}?" if is_english(previous) else words + previous
    head = previous[: old[0].start]
    return head + words + without(previous, old)[len(head) :]


def put_in_place(topic: str, base: str, coverage: Coverage) -> str:
    """The question with a new topic: in place of the words it resembles (第二个8 for 第一个8), else of the whole topic."""
    core = _NOUN_LEFT_OUT.sub("", topic)
    if (
        question := _part_of_term(core, base)
        or swap_part(_OF.sub("", fold(core)), base)
        or _aspect_of(core, base, coverage)
    ):
        return question
    alike = _resembling(fold(core), base, coverage)
    if alike is not None:
        noun = _NOUN_END.search(base, alike[1]) if core != topic else None
        return base[: alike[0]] + core + base[noun.start() if noun else alike[1] :]
    slots = keep_slots(base, coverage)
    if is_english(base):
        asked = re.match(r"(?:how (?:many|much)|what (?:is|was|are|were)|who|where|which)\b", base, re.I)
        return f"{asked.group() if asked else 'What about'} {topic}{f' in {slots}' if slots else ''}?"
    added = _ADDED.search(base)
    if added and not _ADDED.search(topic) and not re.search(r"[率比速值额量]$", topic):
        topic = added.group() + topic
    if counted := _COUNTED_NOUN.search(base):
        return f"{slots}{topic}{counted['asked']}？"
    asked = next(iter(reversed(list(_ASKED.finditer(fold(base))))), None)
    return f"{slots}{topic}{base[asked.start() : asked.end()].rstrip('？?') if asked else ''}？"


def _part_of_term(topic: str, base: str) -> str:
    """A part of the quoted term that was asked about: “N” after “1+N”体系是什么意思; empty where it is none."""
    part, term = topic.strip(_QUOTES), _TERM.search(base)
    if part == topic or not term or part not in term["name"] or part == term["name"]:
        return ""
    return f"{base[: term.end()]}中的{topic}指什么？"


def _aspect_of(topic: str, base: str, coverage: Coverage) -> str:
    """The same question within one field: 教育方面 after 有哪些困难; empty where the topic names no field."""
    if not re.search(r".(?:方面|领域|这块|那块|上)$", topic) or not re.search(r"哪|什么|怎么|如何", base):
        return ""
    slots = keep_slots(base, coverage)
    return f"{slots}{topic}{base[len(slots) :] if base.startswith(slots) else base}"


def _resembling(topic: str, base: str, coverage: Coverage) -> tuple[int, int] | None:
    """The piece of a question that a new topic is like: half its characters the same, or the same end.

    A place that stands right before the same end goes with it (杭州亚运会).
    """
    folded, size = fold(base), len(topic)
    best, place = 0, -1
    for start in range(len(folded) - size + 1):
        piece = folded[start : start + size]
        same = sum(a == b for a, b in zip(piece, topic, strict=True))
        if piece[0] == topic[0] and same > best and same < size:
            best, place = same, start
    if size >= 3 and 2 * best >= size:
        return place, place + size
    for length in range(size - 1, 1, -1):
        start = folded.find(topic[-length:])
        if start > 0:
            before = next((m for m in find_place_names(folded, coverage) if m.end == start), None)
            return (before.start if before else start), start + length
    return None
