"""Which figures of an answer are marked as checked, which lines are withheld, and that a filter holds for all of it."""

from typing import TYPE_CHECKING

import pytest

from rag.types import Answer, Basis, Filter, Kind, Period
from tests.writers import written

if TYPE_CHECKING:
    from rag.assistant import Assistant

BOTH = "2022年和2023年江西PM2.5哪年高？"


def checked(answer: Answer) -> list[tuple[str, Basis, int]]:
    return [(answer.text[check.start : check.end], check.basis, check.n) for check in answer.checks]


def test_a_figure_is_checked_against_the_span_it_cites(assistant: "Assistant") -> None:
    answer = assistant.ask("2023年江西省森林覆盖率是多少？")
    assert checked(answer) == [("63.1%", Basis.SPAN, 1)]
    assert answer.withheld == ()


def test_a_conclusion_is_checked_by_its_formula_and_its_years_and_marks_are_no_figures(
    assistant: "Assistant",
) -> None:
    answer = assistant.ask("2023年PM2.5比2022年高多少？")
    assert checked(answer) == [
        ("29微克/立方米", Basis.SPAN, 1),
        ("27微克/立方米", Basis.SPAN, 2),
        ("29微克/立方米", Basis.FORMULA, 0),
        ("27微克/立方米", Basis.FORMULA, 0),
        ("2微克/立方米", Basis.FORMULA, 0),
    ]


def test_what_a_refusal_offers_instead_is_checked_too(assistant: "Assistant") -> None:
    answer = assistant.ask("2015年江西省森林覆盖率是多少？")
    assert answer.refused
    assert checked(answer) == [("63.1%", Basis.SPAN, 1)]


def test_a_line_that_does_not_stand_its_check_is_withheld_with_the_reason(assistant: "Assistant") -> None:
    answer = assistant.ask("How many tailings ponds were closed in Jiangxi in 2022?")
    assert (answer.refused, answer.checks) == (True, ())
    assert answer.withheld == ("wrong_year",)


def test_a_sentence_of_a_model_is_checked_or_withheld(assistant: "Assistant") -> None:
    answer, _ = written(
        assistant, BOTH, "2022年PM2.5平均浓度29微克/立方米。2023年PM2.5平均浓度29微克/立方米。"
    )
    assert answer.withheld == ("wrong_year",)
    assert ("27微克/立方米", Basis.SPAN, 2) in checked(answer)
    assert checked(answer)[-1] == ("29微克/立方米", Basis.SPAN, 1)


@pytest.mark.parametrize("question", ["2023年江西省经济怎么样？", "南昌经开区产业链党建的做法介绍一下"])
def test_no_line_of_an_answer_comes_from_outside_the_filter(assistant: "Assistant", question: str) -> None:
    """Lists and summaries read on around the passages that were found."""
    for allowed in (
        Filter(kinds=frozenset({Kind.RESULT})),
        Filter(kinds=frozenset({Kind.PLAN})),
        Filter(periods=(Period(2022, 2022, "2022年"),)),
    ):
        answer = assistant.ask(question, filter=allowed)
        for citation in answer.citations:
            assert not allowed.kinds or citation.kind in allowed.kinds
            assert not allowed.periods or (citation.period and citation.period.overlaps(allowed.periods[0]))
