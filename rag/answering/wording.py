"""The few words of an answer that are not the reports' own, in Chinese and in English."""

from functools import lru_cache

from rag.mentions import in_pinyin, province_in_english, short_name
from rag.types import Level, Period, Region

_WORDS = {
    "zh": {
        "higher": "{a}更高：", "more": "{a}更多：", "same": "{a}与{b}相同", "rose": "（{a}比{b}上升）",
        "fell": "（{a}比{b}下降）", "times": "{x}倍", "rank": "从高到低：", "rank_up": "从低到高：", "sum": "合计：", "share": "占比：",
        "whole": "总数约为：", "before": "上一年：", "start": "年初：", "left": "差额：", "average": "平均：", "list": "、", "colon": "：",
    },
    "en": {
        "higher": "{a} is higher: ", "more": "{a} has more: ", "same": "{a} and {b} are the same",
        "rose": " (up in {a} from {b})", "fell": " (down in {a} from {b})", "times": "{x} times",
        "rank": "From high to low: ", "rank_up": "From low to high: ", "sum": "Sum: ", "share": "Share: ", "whole": "In all about: ",
        "before": "The year before: ", "start": "Start of the year: ", "left": "Left: ", "average": "Average: ", "list": ", ", "colon": ": ",
    },
}  # fmt: skip


def say(language: str, key: str, **names: str) -> str:
    """A word or phrase in the language of the question (`en`, else Chinese)."""
    return _WORDS["en" if language == "en" else "zh"][key].format(**names)


def name_slot(language: str, region: Region | None, period: Period | None) -> str:
    """A place and a time as a label: 南昌市2023年, or Nanchang, 2023."""
    if language != "en":
        return (region.path[-1] if region else "") + (period.label if period else "")
    years = period.label.replace("年", "").replace("—", "–") if period else ""
    return ", ".join(part for part in (romanise(region) if region else "", years) if part)


@lru_cache(maxsize=256)
def romanise(region: Region) -> str:
    """A place as English writes it: the province's English name, else its short name in pinyin (Nanchang)."""
    if region.level is Level.PROVINCE and (name := province_in_english(region.path[-1])):
        return name
    return in_pinyin(short_name(region.path[-1])).capitalize()
