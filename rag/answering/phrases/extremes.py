"""What is first or last in something: the clause that says so (最少的为咸阳市), read with the sentence that it ends."""

import re
from collections.abc import Iterator, Sequence

from rag.answering.lines import Line
from rag.answering.phrases.clauses import to_line, with_subject
from rag.answering.phrases.scoring import Scorer, Sentence
from rag.answering.sentences import Piece, split_clauses, split_sentences
from rag.corpus.periods import find_periods
from rag.text import fold
from rag.types import Chunk

# Either end of an order: how it is asked for, and how reports tell it.
_ENDS = (
    (
        re.compile(r"最(?:高|多|大|快|长|强|好|重|贵|热|湿|厉害|严重|猛|惨|主要)|居首|榜首|(?:排|列)第一|\b(?:highest|most|largest|biggest|fastest|longest|best)\b"),
        re.compile(r"最(?:高|多|大|快|长|强|好|重|优|主要)|居首|首位|榜首|第一位|之[首最冠]"),
    ),
    (
        re.compile(r"最(?:低|少|小|慢|短|弱|差|轻|旱)|垫底|末位|倒数第一|\b(?:lowest|least|fewest|smallest|slowest|shortest|worst)\b"),
        re.compile(r"最(?:低|少|小|慢|短|弱|差)|末位|垫底"),
    ),
)  # fmt: skip
_WHICH = re.compile(r"哪|谁|什么|何地|\bwh(?:ich|o|at|ere)\b")
# What is asked for by its last character: 哪个站, 哪座水库.
_KIND = re.compile(
    r"哪(?:一|几|两|三)?[个座家条所处项类]?(?P<kind>(?:设区|地级|县级)?[省市县区州镇乡村]|街道|流域|[\u4e00-\u9fff]{1,4}?(?=[?？]|$|的|是|最|，|,))"
)
# A sentence with less of the question's topic (by weight) tells of another order; set by hand, not tuned.
LEAST_TOPIC = 0.2
# 谷城县增长6.9%，增速居各县首位: what is first is named in the clause before.
_RANKED_ONLY = re.compile(r"\s*(?:[^，,。]{0,4}(?:继续|均)?[居列位]|为|是)")
# Which way it went that is first in going so: 降幅最大.
_FALLING = re.compile(r"[跌降减]|回落|缩水")
_FIGURE_AFTER = re.compile(r"\s*(?:为|达到?|是|\d)")
_STOP = re.compile(r"[。！？!?\n]")


def asks_extreme(folded: str) -> bool:
    """Whether a folded question asks what is first or last in something."""
    return _WHICH.search(folded) is not None and any(asked.search(folded) for asked, _ in _ENDS)


def tell_extreme(scorer: Scorer, sentences: Sequence[Sentence]) -> tuple[Line, ...]:
    """The clause that names the first or last of what is asked; none where none is asked for, or none is told."""
    if not asks_extreme(scorer.folded):
        return ()
    told = next(told for asked, told in _ENDS if asked.search(scorer.folded))
    kind = _KIND.search(scorer.folded)
    last_words = kind["kind"] if kind else ""
    last = last_words[-1:]
    found: list[tuple[float, Line]] = []
    for chunk, score in _best_of_each(sentences).items():
        for piece in split_sentences(chunk.text):
            before = _STOP.split(chunk.text[: piece.start])[-1]
            if _is_of_other_year(scorer, f"{before}{piece.text}"):
                continue
            for run in _told_by(piece, told):
                if _FALLING.search(scorer.folded) and not _FALLING.search(run.text):
                    continue
                share = scorer.topic_share(f"{before}{piece.text[: run.end - piece.start]}")
                is_told = share >= LEAST_TOPIC or (
                    kind is not None and len(last_words) > 1 and last_words in run.text
                )
                if last in run.text and is_told and scorer.adds(run.text):
                    worth = round(share + score, 6)
                    found.append((worth, to_line(Sentence(chunk, piece, worth), run)))
    return (max(found, key=lambda each: each[0])[1],) if found else ()


def _is_of_other_year(scorer: Scorer, text: str) -> bool:
    """Whether a sentence names years, and none that the question asks about."""
    asked = [slot.period for slot in scorer.question.slots if slot.period is not None]
    told = [mention.period for mention in find_periods(text, None)]
    return bool(asked and told) and not any(one.overlaps(other) for one in asked for other in told)


def _best_of_each(sentences: Sequence[Sentence]) -> dict[Chunk, float]:
    """The passages that sentences stand in, each with the score of its best one."""
    best: dict[Chunk, float] = {}
    for sentence in sentences:
        best[sentence.chunk] = max(best.get(sentence.chunk, 0.0), sentence.score)
    return best


def _told_by(piece: Piece, told: re.Pattern[str]) -> Iterator[Piece]:
    """Each clause of a sentence that tells an end of an order, with the one before that names what, or after that tells how much."""
    clauses = split_clauses(piece.text)
    for place, clause in enumerate(clauses):
        if not told.search(fold(clause.text)):
            continue
        first = last = place
        if place and _RANKED_ONLY.match(clause.text):
            first -= 1
        if place + 1 < len(clauses) and _FIGURE_AFTER.match(clauses[place + 1].text):
            last += 1
        start, end = clauses[first].start, clauses[last].end
        run = Piece(piece.text[start:end], piece.start + start, piece.start + end)
        yield with_subject(piece, run)
