"""Two runs beside each other: what changed question by question, and how likely so much is by chance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from eval.bootstrap import Difference, Floats, compare_shares, mcnemar
from eval.lines import BadLine, need_list, need_object
from eval.measures import MEASURES, SECONDS
from eval.report import align, cut, show_share
from eval.runs import RunError, check_format, read_json

REPORT = "report.json"
CHANGES_SHOWN = 20
_RISES = {each.name: each.rises for each in MEASURES} | {SECONDS: False}


@dataclass(frozen=True, slots=True)
class Kept:
    """A run as it was kept: the record of each question by id, the held ones without their texts."""

    name: str
    outcomes: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Change:
    """A measure in both runs over the questions of both; `p` by McNemar's exact test where it is yes or no a question.

    `better` and `worse` count the questions on which it rose or fell, the other way round where less is better.
    """

    measure: str
    first: float
    second: float
    difference: Difference
    p: float
    better: int
    worse: int

    @property
    def fall(self) -> float:
        """By how much the second run is worse; negative where it is better."""
        return -self.difference.value if _RISES[self.measure] else self.difference.value


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two runs have in common: the change of each measure, and the ids of questions that turned right or wrong.

    `left_out` counts questions that only one run has, or that are worded otherwise in the other.
    """

    first: Kept
    second: Kept
    ids: tuple[str, ...]
    left_out: int
    changes: tuple[Change, ...]
    turned_right: tuple[str, ...]
    turned_wrong: tuple[str, ...]


def load_run(folder: Path) -> Kept:
    """The run in a folder. Raises RunError when there is none, it did not finish, or another version wrote it."""
    record = read_json(folder / REPORT, folder)
    check_format(record.get("format"), folder)
    try:
        outcomes = [need_object(each) for each in need_list(record.get("outcomes"), "outcomes")]
        return Kept(folder.name, {each["id"]: each for each in outcomes if each["parts"] and each["asked"]})
    except (BadLine, KeyError) as error:
        raise RunError(f"{folder / REPORT} is not the report of a run. Run it again.") from error


def compare(first: Kept, second: Kept) -> Comparison:
    """Compare two runs over the questions of both. Raises RunError when they share none."""
    ids = tuple(
        id for id, each in first.outcomes.items() if second.outcomes.get(id, {}).get("asked") == each["asked"]
    )
    if not ids:
        raise RunError(f"The runs {first.name} and {second.name} have no question in common.")
    before, after = ([run.outcomes[id] for id in ids] for run in (first, second))
    turned = [(id, _right(a), _right(b)) for id, a, b in zip(ids, before, after, strict=True)]
    return Comparison(
        first=first,
        second=second,
        ids=ids,
        left_out=len({*first.outcomes, *second.outcomes}) - len(ids),
        changes=_changes(before, after),
        turned_right=tuple(id for id, old, new in turned if not old and new),
        turned_wrong=tuple(id for id, old, new in turned if old and not new),
    )


def find_falls(comparison: Comparison, limits: Mapping[str, float]) -> tuple[str, ...]:
    """What fell by more than its limit, as sentences, one a measure."""
    changes = {change.measure: change for change in comparison.changes}
    missing = [name for name in limits if name not in changes]
    if missing:
        raise RunError(
            f"No question of both runs has the measure {missing[0]}. There are: {', '.join(changes)}."
        )
    return tuple(
        f"{name} is worse by {changes[name].fall:.3f} ({show_share(changes[name].first)} to "
        f"{show_share(changes[name].second)}), more than {limit:g}"
        for name, limit in limits.items()
        if changes[name].fall > limit + 1e-12  # 0.05 is not 0.05000000000000004
    )


def _changes(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> tuple[Change, ...]:
    names = tuple(_RISES)
    first, second = _matrix(before, names), _matrix(after, names)
    found = compare_shares(first, second, names)
    return tuple(
        _change(name, found[name], [each[:, place] for each in (*first, *second)])
        for place, name in enumerate(names)
        if name in found
    )


def _matrix(outcomes: Sequence[Mapping[str, Any]], names: Sequence[str]) -> tuple[Floats, Floats]:
    """Counts and totals of shape (questions, measures)."""
    parts = [{**each["parts"], SECONDS: (each[SECONDS], 1)} for each in outcomes]
    table = np.array([[each.get(name, (0, 0)) for name in names] for each in parts], dtype=np.float64)
    return table[:, :, 0], table[:, :, 1]


def _change(name: str, difference: Difference, columns: Sequence[Floats]) -> Change:
    old, old_total, new, new_total = columns
    both = (old_total > 0) & (new_total > 0)
    gained = (new / np.maximum(new_total, 1) - old / np.maximum(old_total, 1))[both]
    rose, fell = int(np.sum(gained > 0)), int(np.sum(gained < 0))
    flags = bool(np.all(old_total == new_total)) and bool(
        np.all(np.isin([old, new], (0, 1)) & (old_total <= 1))
    )
    return Change(
        measure=name,
        first=float(old.sum() / old_total.sum()),
        second=float(new.sum() / new_total.sum()),
        difference=difference,
        p=mcnemar(rose, fell) if flags else difference.p,
        better=rose if _RISES[name] else fell,
        worse=fell if _RISES[name] else rose,
    )


def _right(outcome: Mapping[str, Any]) -> bool:
    return bool(outcome["right"])


def render_comparison(comparison: Comparison) -> str:
    """The table of measures, then the questions that turned; held ones are counted only."""
    first, second = comparison.first.name, comparison.second.name
    rows = [["measure", first, second, "difference", "95% interval", "p", "better", "worse"]]
    for change in comparison.changes:
        interval = change.difference.interval
        rows.append([
            change.measure, show_share(change.first), show_share(change.second), f"{change.difference.value:+.3f}",
            f"{interval.low:+.3f} to {interval.high:+.3f}" if interval.low is not None else "-",
            f"{change.p:.3f}", str(change.better), str(change.worse),
        ])  # fmt: skip
    parts = [align(rows)]
    parts.append(
        f"{len(comparison.ids)} questions of both runs; {comparison.left_out} of one run only were left out. "
        "p: McNemar's exact test where a question is yes or no, else paired bootstrap. seconds: mean. Lower is better for "
        + ", ".join(name for name, rises in _RISES.items() if not rises)
        + "."
    )
    for title, ids in (("Turned wrong", comparison.turned_wrong), ("Turned right", comparison.turned_right)):
        parts.append(_render_turned(title, ids, comparison))
    return "\n\n".join(parts)


def _render_turned(title: str, ids: Sequence[str], comparison: Comparison) -> str:
    first, second = comparison.first.outcomes, comparison.second.outcomes
    shown = [id for id in ids if "question" in first[id] and "question" in second[id]]
    lines = [f"{title}: {len(ids)}."]
    if len(shown) < len(ids):
        lines[0] += f" Of these {len(ids) - len(shown)} are held and not shown."
    for id in shown[:CHANGES_SHOWN]:
        lines.append(f"- {id} ({first[id]['type']}) {cut(first[id]['question'])}")
        lines += [
            f"    {run.name}: {cut(run.outcomes[id]['answer']) or '(nothing)'}"
            for run in (comparison.first, comparison.second)
        ]
    if len(shown) > CHANGES_SHOWN:
        lines.append(f"- and {len(shown) - CHANGES_SHOWN} more; --json has every one.")
    return "\n".join(lines)


def comparison_record(comparison: Comparison) -> dict[str, Any]:
    """The comparison as plain JSON values."""
    held = {id for id in comparison.ids if "question" not in comparison.first.outcomes[id]}
    return {
        "first": comparison.first.name,
        "second": comparison.second.name,
        "questions": len(comparison.ids),
        "left_out": comparison.left_out,
        "measures": {
            change.measure: {
                "first": change.first,
                "second": change.second,
                "difference": change.difference.value,
                "low": change.difference.interval.low,
                "high": change.difference.interval.high,
                "p": change.p,
                "better": change.better,
                "worse": change.worse,
            }
            for change in comparison.changes
        },
        "turned_right": [id for id in comparison.turned_right if id not in held],
        "turned_wrong": [id for id in comparison.turned_wrong if id not in held],
        "held_turned_right": sum(id in held for id in comparison.turned_right),
        "held_turned_wrong": sum(id in held for id in comparison.turned_wrong),
    }
