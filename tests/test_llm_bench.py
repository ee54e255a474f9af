"""The measurement of models: its sample, what it keeps and goes on from, its count of unsupported figures."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.llm import Told, ask, fingerprint, read_kept, score, stratify, unchecked_answer
from eval.questions import EvalQuestion, QuestionType
from tests.writers import Parrot, draft_of, written

if TYPE_CHECKING:
    from rag.assistant import Assistant

FOREST = "2023年江西省森林覆盖率是多少？"


def questions(**counts: int) -> list[EvalQuestion]:
    return [
        EvalQuestion(line=1, id=f"{name}{number}", type=QuestionType(name), text="？")
        for name, count in counts.items()
        for number in range(count)
    ]


def test_each_type_has_its_share_of_the_sample_and_the_sample_is_the_same_each_time() -> None:
    drawn = stratify(questions(number=50, entity=30, list=20), 10)
    assert Counter(each.type.value for each in drawn) == {"number": 5, "entity": 3, "list": 2}
    assert drawn == stratify(questions(number=50, entity=30, list=20), 10)
    assert len({each.id for each in stratify(questions(number=7, entity=2), 4)}) == 4
    assert len(stratify(questions(number=3), 10)) == 3


def test_a_run_goes_on_where_it_was_cut_off(assistant: "Assistant", tmp_path: Path) -> None:
    draft, path = draft_of(assistant, FOREST), tmp_path / "kept" / "model.jsonl"
    told = ask(Parrot("森林覆盖率为63.1%。"), draft, path)
    assert read_kept(path) == {fingerprint(draft): told}
    with path.open("a", encoding="utf-8") as file:
        file.write('{"prompt": "cut o')
    assert read_kept(path) == {fingerprint(draft): told}


def test_unsupported_figures_are_counted_by_what_is_cited(assistant: "Assistant") -> None:
    draft = draft_of(assistant, FOREST)
    question = EvalQuestion(line=1, id="a", type=QuestionType.NUMBER, text=FOREST, answers=("63.1%",))
    told = Told("", ((0.1, "森林覆盖率为63.1%[1]，比上年提高2.5个百分点。"),), 1.0, 1.0)
    raw = score(question, unchecked_answer(draft, told))
    assert (raw.outcome.right, raw.unsupported) == (True, 1)
    checked, _ = written(assistant, FOREST, "森林覆盖率为63.1%[1]。比上年提高2.5个百分点。")
    assert score(question, checked).unsupported == 0
