"""The evaluation page: the kept runs, their reports, and a run that is started and stopped from the page."""

from datetime import UTC, datetime
from functools import partial
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from ui.pages.evaluation_texts import WORDS, Words
from ui.pages.evaluation_view import View, render_evaluation, render_report
from ui.pages.frame import Frame, open_frame
from ui.pages.jobs import Job, State, Status
from ui.pages.kept_runs import KeptRuns, question_sets
from ui.pages.measuring import Plan, measure
from ui.pages.navigation import EVALUATION
from ui.pages.receiving import receive_object, text_of
from ui.pages.refusal import Refused
from ui.pages.site import Handler, Site, changing_routes
from ui.pages.work import show_work, tell_work

MAX_SAMPLE = 1_000_000
REPORT_POLICY = (
    "sandbox allow-scripts; default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; "
    "frame-ancestors 'self'"
)
"""A report is one self-contained page: its script runs without an origin, so that it can reach nothing of this site."""


def routes(site: Site) -> list[Route]:
    """The addresses of the page."""
    page = _Evaluation(site)
    changing: dict[str, Handler] = {
        "start": page.start,
        "stop": page.stop,
        "remove": page.remove,
        "restore": page.restore,
    }
    return [
        Route(f"/{EVALUATION}", page.show),
        Route(f"/{EVALUATION}/report", page.report),
        Route(f"/{EVALUATION}/raw", page.raw),
        Route(f"/{EVALUATION}/progress", page.progress),
        *changing_routes(EVALUATION, changing, page.say),
    ]


class _Evaluation:
    """The handlers; those that change something answer with a JSON object, `told` or `error` in the page's language."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._kept = KeptRuns(site.home / "runs", site.trash)
        self._job = Job()
        self._measured = ""

    def show(self, request: Request) -> Response:
        """The form and the list of runs."""
        frame = self._frame(request)
        words, home = WORDS[frame.language], self._site.home
        view = View(
            runs=self._kept.runs(),
            sets=question_sets(home),
            folder=f"{home.name}/questions",
            removed=self._kept.removed(),
            trash=f"{home.name}/{self._site.trash.folder.name}",
            state=self._job.state(),
        )
        body = render_evaluation(frame, words, view)
        return frame.respond(words.title, body, scripts=("pages.js", "evaluation.js"))

    def report(self, request: Request) -> Response:
        """The report of one run, framed."""
        frame = self._frame(request)
        words = WORDS[frame.language]
        try:
            run = self._kept.find(request.query_params.get("run", ""))
            self._kept.page(run.name)
        except Refused as refused:
            return frame.refuse(words.title, words.refusals[refused.code], refused.status)
        return frame.respond(run.name, render_report(frame, words, run))

    def raw(self, request: Request) -> Response:
        """The report itself, as it was written."""
        try:
            path = self._kept.page(request.query_params.get("run", ""))
        except Refused as refused:
            words = WORDS[self._frame(request).language]
            return JSONResponse({"error": words.refusals[refused.code]}, refused.status)
        headers = {"Content-Security-Policy": REPORT_POLICY, "Cache-Control": "no-cache"}
        return FileResponse(path, media_type="text/html; charset=utf-8", headers=headers)

    def progress(self, request: Request) -> Response:
        """How far the run is, as numbers and in words."""
        state = self._job.state()
        return show_work(state, tell(WORDS[self._frame(request).language], state))

    def say(self, request: Request, refused: Refused) -> str:
        """Why something is refused, in the language of the page."""
        return WORDS[self._frame(request).language].refusals[refused.code].format(**refused.values)

    async def start(self, request: Request) -> Response:
        """Begin a run, or go on with one that was stopped (`run`)."""
        asked = await receive_object(request)
        plan = await run_in_threadpool(self._plan, asked)
        if not await run_in_threadpool(self._job.start, measure, self._site.settings, plan):
            raise Refused("running", 409)
        self._measured = plan.folder.name
        return JSONResponse(
            {"told": WORDS[self._frame(request).language].starting, "run": plan.folder.name}, 202
        )

    async def stop(self, request: Request) -> Response:
        """End the run; its answers so far are kept."""
        await receive_object(request)
        await run_in_threadpool(self._job.stop)
        return JSONResponse({"told": tell(WORDS[self._frame(request).language], self._job.state())})

    async def remove(self, request: Request) -> Response:
        """Take a run, but not the one that is going on, to the trash."""
        name = text_of(await receive_object(request), "run")
        if name == self._measured and self._job.state().status is Status.RUNNING:
            raise Refused("running", 409)
        id = await run_in_threadpool(self._kept.remove, name)
        return JSONResponse({"told": WORDS[self._frame(request).language].removed.format(run=name), "id": id})

    async def restore(self, request: Request) -> Response:
        """Put a removed run back."""
        id = text_of(await receive_object(request), "id")
        name = await run_in_threadpool(self._kept.restore, id)
        return JSONResponse({"told": WORDS[self._frame(request).language].restored.format(run=name)})

    def _plan(self, asked: dict[str, Any]) -> Plan:
        sets = question_sets(self._site.home)
        if "run" in asked:
            return self._resume(str(asked["run"]))
        name = asked.get("questions")
        if not isinstance(name, str) or name not in sets:
            raise Refused("no_set", 404)
        folder = self._kept.place(
            str(asked.get("name") or f"{sets[name].stem}-{datetime.now(UTC):%Y%m%d-%H%M%S}")
        )
        return Plan(sets[name], _split(asked.get("split", "all")), _sample(asked.get("sample")), folder)

    def _resume(self, name: str) -> Plan:
        run = self._kept.find(name)
        if run.finished or run.fault:
            raise Refused("is_finished", 409)
        wanted = str(run.settings.get("questions", ""))
        for path in question_sets(self._site.home).values():
            if path.resolve() == (self._site.home.parent / wanted).resolve():
                sample = _sample(run.settings.get("sample"))
                return Plan(path, _split(run.settings.get("split", "all")), sample, self._kept.folder / name)
        raise Refused("no_set", 404)

    def _frame(self, request: Request) -> Frame:
        return open_frame(request, self._site.settings, EVALUATION)


def _split(value: object) -> str:
    if value not in ("all", "tune", "held"):
        raise Refused("bad_split", 400)
    return str(value)


def _sample(value: object) -> int | None:
    """How many questions are drawn; None for all of them."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MAX_SAMPLE:
        raise Refused("bad_sample", 400)
    return value


def tell(words: Words, state: State) -> str:
    """The state of a run in a sentence; empty when none was begun."""
    return tell_work(words, state, partial(_tell_stage, words), lambda done: words.done.format(**done.result))


def _tell_stage(words: Words, state: State) -> str:
    if not state.stage:
        return words.starting
    return words.answering.format(done=f"{state.done:,}", total=f"{state.total:,}")
