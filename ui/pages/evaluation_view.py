"""The evaluation page as HTML: a form to start a run, and the kept runs with their main figures."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from ui.pages.evaluation_texts import Words
from ui.pages.frame import Frame
from ui.pages.jobs import State, Status
from ui.pages.kept_runs import SHARES, KeptRun
from ui.pages.navigation import EVALUATION
from ui.pages.removing import render_dialog, render_remove, render_trash
from ui.pages.trash import Removed

SAMPLE = 100
"""Questions that the form suggests: about a minute."""


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows: kept runs, names of question sets and the folder of the user's own, what was removed and where
    it lies, and how far a run is."""

    runs: Sequence[KeptRun]
    sets: Iterable[str]
    folder: str
    removed: Sequence[Removed]
    trash: str
    state: State


def render_evaluation(frame: Frame, words: Words, view: View) -> str:
    """The body of the page."""
    return (
        f'<div class="page-head"><div><h1>{escape(words.title)}</h1><p class="lead">{escape(words.lead)}</p></div></div>'
        f'<noscript><p class="alert">{escape(words.needs_script)}</p></noscript>'
        f"{_render_form(frame, words, view)}"
        f'<section><h2>{escape(words.runs)}</h2><p class="said" id="said" role="status"></p>'
        f'<div id="runs">{_render_runs(frame, words, view.runs)}{render_trash(words, view.removed, view.trash)}</div></section>'
        f"{render_dialog(words)}"
    )


def _render_form(frame: Frame, words: Words, view: View) -> str:
    running = view.state.status is Status.RUNNING
    options = "".join(
        f'<option value="{escape(name)}">{escape(words.own_set if number == 0 else name)}</option>'
        for number, name in enumerate(view.sets)
    )
    splits = "".join(
        f'<option value="{escape(split)}">{escape(name)}</option>' for split, name in words.splits.items()
    )
    return (
        f'<section class="panel"><h2 class="first">{escape(words.new)}</h2>'
        f'<form class="row start" id="start" data-start="{escape(frame.link("evaluation/start"))}" '
        f'data-stop="{escape(frame.link("evaluation/stop"))}" data-progress="{escape(frame.link("evaluation/progress"))}" '
        f'data-remove="{escape(frame.link("evaluation/remove"))}" data-restore="{escape(frame.link("evaluation/restore"))}" '
        f'data-lost="{escape(words.lost)}">'
        f'<label class="labelled">{escape(words.questions)}<select class="input" name="questions">{options}</select></label>'
        f'<label class="labelled">{escape(words.split)}<select class="input" name="split">{splits}</select></label>'
        f'<label class="labelled">{escape(words.how_many)}<input class="input short" name="sample" inputmode="numeric" '
        f'pattern="[0-9]*" maxlength="7" value="{SAMPLE}" placeholder="{escape(words.every)}" autocomplete="off"></label>'
        f'<label class="labelled">{escape(words.name)}<input class="input" name="name" maxlength="60" '
        f'placeholder="{escape(words.name_hint)}" autocomplete="off" spellcheck="false"></label>'
        f'<button class="button primary" id="begin"{" disabled" if running else ""}>{escape(words.start)}</button></form>'
        f'<p class="meta note-below">{escape(words.held.format(folder=view.folder))}</p>'
        f'<div id="work" class="work" data-running="{str(running).lower()}"{"" if running else " hidden"}>'
        f'<div class="row"><span class="told" role="status"></span><span class="gap"></span>'
        f'<button type="button" class="button small" id="stop">{escape(words.stop)}</button></div>'
        f'<progress aria-label="{escape(words.start)}"></progress></div></section>'
    )


def _render_runs(frame: Frame, words: Words, runs: Sequence[KeptRun]) -> str:
    if not runs:
        return f'<div class="empty"><strong>{escape(words.empty)}</strong><p>{escape(words.empty_note)}</p></div>'
    heads = f'<th scope="col">{escape(words.columns[0])}</th><th scope="col" class="number">{escape(words.columns[1])}</th>'
    heads += "".join(
        f'<th scope="col" class="number" title="{escape(words.meanings[name])}">{escape(words.measures[name])}</th>'
        for name in (*SHARES, "seconds")
    )
    heads += f'<th><span class="sr-only">{escape(words.actions)}</span></th>'
    body = "".join(_render_run(frame, words, run) for run in runs)
    return (
        f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(words.runs)}"><table class="data runs">'
        f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _render_run(frame: Frame, words: Words, run: KeptRun) -> str:
    about = f'<span class="meta">{escape(_describe(words, run))}</span>'
    label, asked = f"{words.remove} {run.name}", words.remove_ask.format(run=run.name)
    remove = f'<td class="change">{render_remove(run.name, label, asked, words.remove)}</td>'
    if not run.finished:
        told = (
            words.damaged.format(reason=run.fault)
            if run.fault
            else words.unfinished.format(answered=run.answered)
        )
        again = (
            f'<button type="button" class="button small" data-go-on="{escape(run.name)}" '
            f'aria-label="{escape(words.go_on)} {escape(run.name)}">{escape(words.go_on)}</button>'
            if not run.fault
            else ""
        )
        return (
            f'<tr><td class="name"><span class="run">{escape(run.name)}</span>{about}</td>'
            f'<td colspan="{len(SHARES) + 2}"><div class="row soft"><span>{escape(told)}</span>{again}</div></td>{remove}</tr>'
        )
    href = escape(frame.link("evaluation/report", run=run.name))
    cells = "".join(_render_share(words, run, name) for name in SHARES)
    seconds = "" if run.seconds is None else f"{1000 * run.seconds:,.0f} ms"
    return (
        f'<tr><td class="name"><a class="run open" href="{href}">{escape(run.name)}</a>{about}</td>'
        f'<td class="number" data-label="{escape(words.columns[1])}">{run.questions:,}</td>{cells}'
        f'<td class="number" data-label="{escape(words.measures["seconds"])}">{seconds}</td>{remove}</tr>'
    )


def _describe(words: Words, run: KeptRun) -> str:
    """When it was begun, and what was asked if not everything."""
    settings = run.settings
    split, sample = str(settings.get("split", "all")), settings.get("sample")
    parts = [run.started.removesuffix(" UTC")[:16]]
    parts += [words.splits.get(split, split)] if split != "all" else []
    parts += [f"{words.sample} {sample}"] if sample else []
    return " · ".join(part for part in parts if part)


def _render_share(words: Words, run: KeptRun, name: str) -> str:
    label = escape(words.measures[name])
    if name not in run.shares:
        return f'<td class="number" data-label="{label}"></td>'
    value, low, high = run.shares[name]
    told = escape(words.interval.format(low=f"{low:.1%}", high=f"{high:.1%}"))
    return f'<td class="number" data-label="{label}" title="{told}">{value:.1%}</td>'


def render_report(frame: Frame, words: Words, run: KeptRun) -> str:
    """The report of a run, in a frame that may run its own script and nothing else."""
    address = escape(frame.link("evaluation/raw", run=run.name))
    return (
        f'<div class="page-head"><div><a class="quiet back" href="{escape(frame.link(EVALUATION))}">‹ {escape(words.back)}</a>'
        f"<h1>{escape(run.name)}</h1></div>"
        f'<a class="button small" href="{address}" target="_blank" rel="noopener">{escape(words.own_tab)}</a></div>'
        f'<iframe class="report" sandbox="allow-scripts" src="{address}" title="{escape(words.report)} {escape(run.name)}"></iframe>'
    )
