"""Intervals and tests against values worked out by hand or known from theory."""

import math

import numpy as np
import pytest

from eval.bootstrap import RESAMPLES, compare_shares, draw, mcnemar, quantile_intervals, share_intervals


def _column(*values: float) -> np.ndarray:
    return np.array(values, dtype=float)[:, None]


def test_every_resample_draws_as_many_questions_as_there_are() -> None:
    rows = np.concatenate(list(draw(7)))
    assert rows.shape == (RESAMPLES, 7)
    assert set(rows.sum(axis=1)) == {7}
    assert np.array_equal(rows, np.concatenate(list(draw(7))))


def test_the_interval_of_a_share_is_that_of_the_binomial() -> None:
    flags = _column(*[1] * 120, *[0] * 80)
    (interval,) = share_intervals(flags, np.ones_like(flags))
    spread = 1.96 * math.sqrt(0.6 * 0.4 / 200)
    assert interval.low == pytest.approx(0.6 - spread, abs=0.02)
    assert interval.high == pytest.approx(0.6 + spread, abs=0.02)


def test_a_share_of_sums_weighs_questions_by_their_totals() -> None:
    (interval,) = share_intervals(_column(1, 1), _column(1, 3))
    assert (interval.low, interval.high) == (1 / 3, 1.0)


def test_a_measure_without_cases_has_no_interval() -> None:
    (interval,) = share_intervals(_column(0, 0), _column(0, 0))
    assert (interval.low, interval.high) == (None, None)


def test_the_interval_of_a_quantile_lies_among_the_values() -> None:
    values = [float(value) for value in range(100, 0, -1)]
    middle, late = quantile_intervals(values, (0.5, 0.95))
    assert middle.low is not None
    assert middle.high is not None
    assert 35 < middle.low < 50 < middle.high < 65  # of 100 values, the ranks 40 and 60 by the binomial
    assert late.low is not None
    assert late.low > 85
    assert quantile_intervals([3.0], (0.5,))[0].high == 3.0


@pytest.mark.parametrize(
    ("better", "worse", "p"),
    [(0, 0, 1.0), (1, 1, 1.0), (0, 5, 2 / 32), (8, 2, 2 * (1 + 10 + 45) / 1024), (3000, 3000, 1.0)],
)
def test_mcnemar_is_exact(better: int, worse: int, p: float) -> None:
    assert mcnemar(better, worse) == pytest.approx(p)
    assert mcnemar(worse, better) == pytest.approx(p)


def test_a_difference_that_every_resample_shows_is_not_by_chance() -> None:
    ones, zeros = np.ones((30, 1)), np.zeros((30, 1))
    fell = compare_shares((ones, ones), (zeros, ones), ("right",))["right"]
    assert fell.value == -1.0
    assert (fell.interval.low, fell.interval.high) == (-1.0, -1.0)
    assert fell.p == pytest.approx(2 / (RESAMPLES + 1))
    same = compare_shares((ones, ones), (ones, ones), ("right",))["right"]
    assert (same.value, same.p) == (0.0, 1.0)


def test_the_paired_bootstrap_agrees_with_mcnemar() -> None:
    before = _column(*[1] * 30, *[0] * 12, *[1] * 3, *[0] * 15)
    after = _column(*[1] * 30, *[1] * 12, *[0] * 3, *[0] * 15)
    ones = np.ones_like(before)
    found = compare_shares((before, ones), (after, ones), ("right",))["right"]
    assert found.value == pytest.approx(9 / 60)
    assert found.p == pytest.approx(mcnemar(12, 3), abs=0.03)


def test_a_measure_that_one_run_lacks_is_not_compared() -> None:
    ones, zeros = np.ones((3, 1)), np.zeros((3, 1))
    assert compare_shares((ones, ones), (zeros, zeros), ("right",)) == {}
