"""Exact match and F1 of a short answer, as CMRC2018 defines them: by characters of Chinese and words of anything else."""

import re
from collections.abc import Sequence

# The characters that the evaluation script of CMRC2018 leaves out (… is two of them there, and so is not left out).
_PUNCTUATION = frozenset("-:_*^/\\~`+=，。：？！“”；’《》·、「」（）－～『』")
# A Chinese character, a word or number, or any other mark: where the script asks NLTK for words.
_SEGMENT = re.compile(r"[\u4e00-\u9fa5]|[^\W\u4e00-\u9fa5]+(?:[.,'][^\W\u4e00-\u9fa5]+)*|[^\w\s]")


def is_exact(answers: Sequence[str], text: str) -> bool:
    """Whether a text is one of the accepted answers, but for case and punctuation."""
    return _bare(text) in {_bare(answer) for answer in answers}


def score_overlap(answers: Sequence[str], text: str) -> float:
    """F1 of the longest run of segments that a text shares with an accepted answer, at least one; the best of them."""
    return max(_overlap(segment(answer), segment(text)) for answer in answers)


def segment(text: str) -> list[str]:
    """A text without punctuation as Chinese characters and words of other scripts."""
    return _SEGMENT.findall(_bare(text))


def _bare(text: str) -> str:
    return "".join(character for character in text.lower().strip() if character not in _PUNCTUATION)


def _overlap(answer: Sequence[str], text: Sequence[str]) -> float:
    """2 * run / (answer + text): the harmonic mean of run / text (precision) and run / answer (recall)."""
    run = _longest_run(answer, text)
    return 2 * run / (len(answer) + len(text)) if run else 0.0


def _longest_run(first: Sequence[str], second: Sequence[str]) -> int:
    """Length of the longest contiguous piece that both hold."""
    longest = 0
    ending = [0] * (len(second) + 1)
    for item in first:
        ending = [
            0,
            *(before + 1 if item == other else 0 for before, other in zip(ending, second, strict=False)),
        ]
        longest = max(longest, *ending)
    return longest
