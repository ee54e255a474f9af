"""The addresses of the page of indicators and what each answers."""

from collections.abc import Callable
from functools import wraps
from html import escape
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from rag.errors import GanwenError
from rag.indicators.choosing import choose
from rag.indicators.kept import Kept, Table
from rag.settings import Settings
from rag.types import Span
from ui.pages.frame import ASSETS_PATH, Frame, open_frame
from ui.pages.indicators.files import write_csv, write_xlsx
from ui.pages.indicators.plot import render_plot
from ui.pages.indicators.points import find_plottable
from ui.pages.indicators.query import BadQuery, Options, read_choice, read_options, read_page, read_plot
from ui.pages.indicators.table import PAGE_ROWS, PATH, Shown, render_page
from ui.pages.indicators.texts import WORDS, Words
from ui.pages.navigation import INDICATORS, name_page
from ui.pages.site import Site

PATIENCE = 3.0
"""Seconds that a page waits for the rows before it says how far their reading is."""
_FILES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

Answer = Callable[[Request, Frame], Response]


def routes(site: Site) -> list[Route]:
    """The addresses of the page; the rows are read when they are first wanted."""
    pages = _Pages(Kept(site.current))
    answers = {
        "": pages.table,
        "/plot": pages.plot,
        "/rows.csv": pages.csv,
        "/rows.xlsx": pages.xlsx,
    }
    return [Route(f"/{PATH}{path}", _framed(answer, site.settings)) for path, answer in answers.items()]


def _framed(answer: Answer, settings: Settings) -> Callable[[Request], Response]:
    """A handler that opens the frame, and says as a page why a request cannot be answered."""

    @wraps(answer)
    def handler(request: Request) -> Response:
        frame = open_frame(request, settings, INDICATORS)
        try:
            return answer(request, frame)
        except BadQuery as error:
            words = WORDS[frame.language]
            reason = words.reasons[error.reason].format(**error.values)
            return _refuse(frame, words.bad, f"{error.name}: {reason}", 400)
        except GanwenError as error:
            return _refuse(frame, WORDS[frame.language].bad, str(error), 503)

    return handler


class _Pages:
    """What is answered from the rows kept. Handlers are plain functions: the server runs them in threads."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept
        self._known: tuple[Table, Options, frozenset[tuple[str, str]]] | None = None

    def _facts(self, table: Table) -> tuple[Options, frozenset[tuple[str, str]]]:
        """What the filters may be and what can be plotted, found once for a table."""
        known = self._known
        if known is None or known[0] is not table:
            rows = table.extraction.rows
            known = self._known = table, read_options(rows), find_plottable(rows)
        return known[1], known[2]

    def table(self, request: Request, frame: Frame) -> Response:
        words, table = WORDS[frame.language], self._kept.get(PATIENCE)
        if table is None:
            return self._wait(frame, words)
        rows = table.extraction.rows
        options, plottable = self._facts(table)
        choice = read_choice(request.query_params, options)
        chosen = choose(rows, choice)
        pages = max(1, -(-len(chosen) // PAGE_ROWS))
        shown = Shown(chosen, read_page(request.query_params, pages), pages)
        title = name_page(frame.language, INDICATORS)
        body = render_page(frame, words, title, table.extraction, options, choice, shown, plottable)
        return _respond(frame, title, body)

    def plot(self, request: Request, frame: Frame) -> Response:
        words, table = WORDS[frame.language], self._kept.get(PATIENCE)
        if table is None:
            return self._wait(frame, words)
        query = read_plot(request.query_params)
        body = render_plot(frame, words, table.extraction.rows, query)
        return _respond(frame, words.plot_of.format(indicator=query.indicator), body)

    def csv(self, request: Request, frame: Frame) -> Response:
        return self._file(request, frame, "csv")

    def xlsx(self, request: Request, frame: Frame) -> Response:
        return self._file(request, frame, "xlsx")

    def _file(self, request: Request, frame: Frame, kind: str) -> Response:
        words, table = WORDS[frame.language], self._kept.get(PATIENCE)
        if table is None:
            return PlainTextResponse(words.reading, 503, {"Retry-After": "5"})
        rows = table.extraction.rows
        chosen = choose(rows, read_choice(request.query_params, self._facts(table)[0]))
        name = name_page(frame.language, INDICATORS)
        excerpt = _excerpts(table)
        content = (
            write_csv(chosen, words, excerpt) if kind == "csv" else write_xlsx(chosen, words, excerpt, name)
        )
        disposition = f"attachment; filename=\"indicators.{kind}\"; filename*=UTF-8''{quote(name)}.{kind}"
        headers = {"Content-Disposition": disposition, "Cache-Control": "no-cache"}
        return Response(content, media_type=_FILES[kind], headers=headers)

    def _wait(self, frame: Frame, words: Words) -> Response:
        done, whole = self._kept.progress
        body = (
            f'<div class="empty" data-reload="1500" role="status"><strong>{escape(words.reading)}</strong>'
            f"<p>{escape(words.reading_hint.format(done=done, all=whole))}</p>"
            f'<progress max="{max(whole, 1)}" value="{done}" aria-label="{escape(words.reading)}"></progress>'
            f'<p><a href="">{escape(words.again)}</a></p></div>'
        )
        return _respond(frame, words.reading, body)


def _excerpts(table: Table) -> Callable[[Span], str]:
    """The text of a span of the table's own index."""
    return lambda span: table.index.document(span.file).text[span.start : span.end]


def _respond(frame: Frame, title: str, body: str, status: int = 200) -> Response:
    style = f'<link rel="stylesheet" href="{escape(frame.root)}{ASSETS_PATH}/indicators.css">'
    return frame.respond(title, style + body, scripts=("indicators.js",), status=status)


def _refuse(frame: Frame, title: str, reason: str, status: int) -> Response:
    words = WORDS[frame.language]
    body = (
        f'<div class="empty" role="alert"><h1>{escape(title)}</h1><p>{escape(reason)}</p>'
        f'<p><a href="{escape(frame.link(PATH))}">{escape(words.back)}</a></p></div>'
    )
    return _respond(frame, title, body, status)
