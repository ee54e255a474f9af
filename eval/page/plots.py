"""Plots of a report as inline SVG, in the colours of the page."""

from collections.abc import Callable, Sequence
from html import escape

import numpy as np

from eval.bootstrap import Interval, share_intervals
from eval.measures import Outcome
from eval.summary import Grouping, percentile

WIDTH, HEIGHT = 560, 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 24, 14, 46
_ROW, _LABEL = 26, 128
BINS = 30
"""Bars of the latency distribution."""
STEPS = 8
"""Equal shares of the questions whose score is compared with how often they are right."""

Scale = Callable[[float], float]


def plot_groups(grouping: Grouping, name: str) -> str:
    """A bar for each group with the interval of its share, and how many questions it has."""
    rows = [(summary, summary.shares[name]) for summary in grouping.summaries]
    height = _ROW * len(rows) + 40
    x = _scale(0, 1, _LABEL, WIDTH - 84)
    parts = [_grid_x(x, (0, 0.25, 0.5, 0.75, 1), _percent, height - 30)]
    for place, (summary, share) in enumerate(rows):
        y = 10 + place * _ROW
        parts.append(_text(_LABEL - 8, y + 13, summary.name, "end"))
        if share.value is None:
            parts.append(_text(_LABEL + 6, y + 13, "–", "start", "soft"))
            continue
        told = f"{summary.name}: {share.value:.1%} of {share.total}"
        parts.append(
            f'<rect class="bar" x="{_LABEL}" y="{y + 2}" width="{x(share.value) - _LABEL:.1f}" height="{_ROW - 10}" rx="2">'
            f"<title>{escape(told)}</title></rect>"
        )
        parts.append(_whisker(share.interval, x, y + 2 + (_ROW - 10) / 2))
        parts.append(_text(WIDTH - 4, y + 13, f"{share.value:.0%} · {share.total}", "end", "soft"))
    return _figure(parts, f"Share right by {grouping.trait}", height)


def plot_refusals(outcomes: Sequence[Outcome]) -> str:
    """What would be refused were the score of the best passage the only ground, and what is refused."""
    told = [o for o in outcomes if o.question.answerable]
    untold = [o for o in outcomes if not o.question.answerable]
    if not told or not untold:
        return ""
    x, y = _axes((0, 1), (0, 1))
    scores = sorted({o.response.score for o in outcomes})
    points = [(_below(told, score), _below(untold, score)) for score in scores] + [(1.0, 1.0)]
    path = " ".join(f"{x(a):.1f},{y(b):.1f}" for a, b in points)
    here = (_share(told, _is_refused), _share(untold, _is_refused))
    label = f"as answered: {here[1]:.0%} of the untold, {here[0]:.0%} of the told"
    side = "start" if x(here[0]) < WIDTH / 2 else "end"
    parts = [
        _grid_x(x, (0, 0.25, 0.5, 0.75, 1), _percent),
        _grid_y(y, (0, 0.25, 0.5, 0.75, 1), _percent),
        f'<polyline class="faint" points="{x(0)},{y(0)} {x(1)},{y(1)}"/>',
        f'<polyline class="line" points="{path}"/>',
        f'<circle class="point" cx="{x(here[0]):.1f}" cy="{y(here[1]):.1f}" r="5"><title>{label}</title></circle>',
        _text(x(here[0]) + (10 if side == "start" else -10), y(here[1]) + 4, label, side),
        _axis_names("answerable questions refused", "unanswerable refused"),
    ]
    return _figure(parts, "Refusals, by the score of the best passage and as answered")


def plot_latency(outcomes: Sequence[Outcome]) -> str:
    """How many answers took how many milliseconds; those beyond the 99th percentile stand in the last bar."""
    times = [1000 * outcome.response.seconds for outcome in outcomes]
    top = max(percentile(times, 0.99), 1.0)
    counts, edges = np.histogram(np.minimum(times, top), bins=BINS, range=(0, top))
    x, y = _axes((0, top), (0, max(int(counts.max()), 1)))
    parts = [
        _grid_x(x, _ticks(top), "{:.0f}".format),
        _grid_y(y, _ticks(float(counts.max())), "{:.0f}".format),
    ]
    for count, start, end in zip(counts, edges, edges[1:], strict=False):
        if count:
            parts.append(
                f'<rect class="bar" x="{x(start) + 0.5:.1f}" y="{y(count):.1f}" width="{x(end) - x(start) - 1:.1f}" '
                f'height="{y(0) - y(count):.1f}"><title>{count} answers in {start:.0f} to {end:.0f} ms</title></rect>'
            )
    # The labels stand at two heights, since the two may be close.
    for name, share, drop in (("p50", 0.50, 10), ("p95", 0.95, 26)):
        at = x(min(percentile(times, share), top))
        side = "start" if at < WIDTH * 0.75 else "end"
        parts.append(f'<line class="edge" x1="{at:.1f}" x2="{at:.1f}" y1="{_TOP}" y2="{y(0)}"/>')
        label = f"{name} {percentile(times, share):.0f} ms"
        parts.append(_text(at + (5 if side == "start" else -5), _TOP + drop, label, side))
    parts.append(_axis_names("milliseconds an answer", "answers"))
    return _figure(parts, "Time of answering")


def plot_calibration(outcomes: Sequence[Outcome]) -> str:
    """How often answers are right, by the score of their best passage: steps of equally many answers each."""
    answered = sorted(
        (o for o in outcomes if o.right is not None and o.response.passages and not o.response.refused),
        key=lambda o: o.response.score,
    )
    if len(answered) < STEPS * 2:
        return ""
    groups = [answered[len(answered) * n // STEPS : len(answered) * (n + 1) // STEPS] for n in range(STEPS)]
    low, high = answered[0].response.score, answered[-1].response.score
    x, y = _axes((low, high if high > low else low + 1), (0, 1))
    middles = [float(np.mean([o.response.score for o in members])) for members in groups]
    shares = [_share(members, lambda o: bool(o.right)) for members in groups]
    parts = [
        _grid_x(x, [low + (high - low) * n / 4 for n in range(5)], "{:.2f}".format),
        _grid_y(y, (0, 0.25, 0.5, 0.75, 1), _percent),
        f'<polyline class="line" points="{" ".join(f"{x(a):.1f},{y(b):.1f}" for a, b in zip(middles, shares, strict=True))}"/>',
    ]
    for middle, share, members in zip(middles, shares, groups, strict=True):
        flags = np.array([[float(bool(o.right))] for o in members])
        bounds = share_intervals(flags, np.ones_like(flags))[0]
        parts.append(_whisker(bounds, y, x(middle), upright=True))
        told = f"{share:.0%} of {len(members)} right at a score of about {middle:.2f}"
        parts.append(
            f'<circle class="point" cx="{x(middle):.1f}" cy="{y(share):.1f}" r="4"><title>{told}</title></circle>'
        )
    parts.append(_axis_names("score of the best passage", "answers that are right"))
    return _figure(parts, "Calibration: how often right, by the score of the best passage")


def _below(outcomes: Sequence[Outcome], score: float) -> float:
    """The share whose best passage scores less."""
    return _share(outcomes, lambda outcome: outcome.response.score < score)


def _is_refused(outcome: Outcome) -> bool:
    return outcome.response.refused


def _share(outcomes: Sequence[Outcome], test: Callable[[Outcome], bool]) -> float:
    return sum(map(test, outcomes)) / len(outcomes)


def _scale(low: float, high: float, first: float, last: float) -> Scale:
    return lambda value: first + (value - low) / (high - low) * (last - first)


def _axes(across: tuple[float, float], up: tuple[float, float]) -> tuple[Scale, Scale]:
    return _scale(*across, _LEFT, WIDTH - _RIGHT), _scale(*up, HEIGHT - _BOTTOM, _TOP)


def _ticks(top: float) -> list[float]:
    """Round values from 0 up to `top`, about five of them."""
    size = 10 ** np.floor(np.log10(max(top, 1) / 4))
    step = next(size * each for each in (1, 2, 5, 10) if size * each >= top / 5)
    return [float(value) for value in np.arange(0, top + step / 100, max(step, 1))]


def _percent(value: float) -> str:
    return f"{value:.0%}"


def _grid_x(
    x: Scale, values: Sequence[float], show: Callable[[float], str], bottom: float = HEIGHT - _BOTTOM
) -> str:
    return "".join(
        f'<line class="grid" x1="{x(value):.1f}" x2="{x(value):.1f}" y1="{_TOP if bottom == HEIGHT - _BOTTOM else 4}" y2="{bottom}"/>'
        + _text(x(value), bottom + 16, show(value), "middle", "soft")
        for value in values
    )


def _grid_y(y: Scale, values: Sequence[float], show: Callable[[float], str]) -> str:
    return "".join(
        f'<line class="grid" x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{y(value):.1f}" y2="{y(value):.1f}"/>'
        + _text(_LEFT - 8, y(value) + 4, show(value), "end", "soft")
        for value in values
    )


def _axis_names(across: str, up: str) -> str:
    middle = (_TOP + HEIGHT - _BOTTOM) / 2
    return (
        _text((_LEFT + WIDTH - _RIGHT) / 2, HEIGHT - 8, across, "middle", "soft")
        + f'<text class="soft" text-anchor="middle" transform="translate(13 {middle}) rotate(-90)">{escape(up)}</text>'
    )


def _whisker(interval: Interval, scale: Scale, across: float, upright: bool = False) -> str:
    if interval.low is None or interval.high is None:
        return ""
    a, b = (f"{scale(value):.1f}" for value in (interval.low, interval.high))
    return (
        f'<line class="whisker" y1="{a}" y2="{b}" x1="{across:.1f}" x2="{across:.1f}"/>'
        if upright
        else f'<line class="whisker" x1="{a}" x2="{b}" y1="{across:.1f}" y2="{across:.1f}"/>'
    )


def _text(x: float, y: float, text: str, anchor: str, kind: str = "") -> str:
    style = f' class="{kind}"' if kind else ""
    return f'<text{style} x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _figure(parts: Sequence[str], title: str, height: float = HEIGHT) -> str:
    return (
        f'<figure><figcaption>{escape(title)}</figcaption><svg viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-label="{escape(title)}">{"".join(parts)}</svg></figure>'
    )
