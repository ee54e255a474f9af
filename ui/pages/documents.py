"""The documents page: what it shows, and what its requests do to the folder of reports and to the index."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from shutil import copyfileobj

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from rag.store import Index
from rag.types import Chunk, Filter
from ui.pages.document_tree import render_reading
from ui.pages.documents_texts import WORDS, Words
from ui.pages.documents_view import Line, View, render_documents
from ui.pages.frame import Frame, open_frame
from ui.pages.jobs import Job, State
from ui.pages.navigation import DOCUMENTS
from ui.pages.reasons import tell_reason
from ui.pages.rebuild import rebuild
from ui.pages.receiving import receive_file, receive_object, text_of
from ui.pages.refusal import Refused
from ui.pages.shelf import Added, Conflict, Row, Shelf, Standing
from ui.pages.site import Handler, Site, changing_routes
from ui.pages.work import show_work, tell_work

ROWS_SHOWN = 50


def routes(site: Site) -> list[Route]:
    """The addresses of the page."""
    page = _Documents(site)
    handlers: dict[str, Handler] = {
        "files": page.add,
        "remove": page.remove,
        "restore": page.restore,
        "rebuild": page.rebuild,
        "stop": page.stop,
    }
    changing = {name: page.guarding(handler) for name, handler in handlers.items()}
    return [
        Route(f"/{DOCUMENTS}", page.show),
        Route(f"/{DOCUMENTS}/read", page.read),
        Route(f"/{DOCUMENTS}/progress", page.progress),
        *changing_routes(DOCUMENTS, changing, page.say),
    ]


class _Documents:
    """The handlers; those that change something answer with a JSON object, `told` or `error` in the page's language."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._trash = site.trash
        self._shelf = Shelf(site.settings, self._trash)
        self._job = Job()

    def show(self, request: Request) -> Response:
        """The table of reports, one page of it."""
        frame = self._frame(request)
        words = WORDS[frame.language]
        query = request.query_params
        searched = query.get("q", "").strip()[:100]
        page = int(query["page"]) if query.get("page", "").isdecimal() and len(query["page"]) < 9 else 1
        view = self._view(self._index(), searched, page)
        return frame.respond(
            words.title, render_documents(frame, words, view), scripts=("pages.js", "documents.js")
        )

    def read(self, request: Request) -> Response:
        """One document of the index: its tree, and its text with a span marked."""
        frame, query = self._frame(request), request.query_params
        words, index = WORDS[frame.language], self._index()
        file = query.get("file", "")
        if file not in index.manifest.files:
            return frame.refuse(words.title, words.refusals["not_indexed"], 404)
        document = index.document(file)
        chosen = _span(query.get("start", ""), query.get("end", ""), len(document.text))
        body = render_reading(frame, words, document, _passages(index, file), chosen)
        return frame.respond(file, body, scripts=("reading.js",))

    def progress(self, request: Request) -> Response:
        """How far the rebuild is, as numbers and in words."""
        state = self._job.state()
        return show_work(state, tell(WORDS[self._frame(request).language], state))

    def guarding(self, handler: Handler) -> Handler:
        """The handler, but that it changes nothing in a folder that the index was not built from."""

        async def guarded(request: Request) -> Response:
            if self._built_elsewhere():
                raise Refused("other_source", 409)
            return await handler(request)

        return guarded

    def say(self, request: Request, refused: Refused) -> str:
        """Why something is refused, in the language of the page."""
        language = self._frame(request).language
        reason = tell_reason(str(refused.values.get("reason", "")), language)
        return WORDS[language].refusals[refused.code].format(**refused.values | {"reason": reason})

    async def add(self, request: Request) -> Response:
        """Take in a file; `?conflict` says what to do when its name is taken: ask, both or replace."""
        wanted = request.query_params.get("conflict", "")
        conflict = Conflict(wanted) if wanted in tuple(Conflict) else Conflict.ASK
        received = await receive_file(request, self._site.settings.max_file_mb)
        try:
            added = await run_in_threadpool(self._add, received, conflict)
        finally:
            await received.close()
        words = WORDS[self._frame(request).language]
        kind = words.added if added.file == added.given else words.added_as
        told = (words.replaced if added.replaced else kind).format(file=added.file)
        return JSONResponse({"told": told, "file": added.file})

    def _add(self, received: UploadFile, conflict: Conflict) -> Added:
        given = received.filename or ""
        with self._shelf.receiving(given) as place:
            with place.open("xb") as file:
                copyfileobj(received.file, file)
            return self._shelf.add(place, given, conflict)

    async def remove(self, request: Request) -> Response:
        """Take a file, named as the table names it, to the trash."""
        file = text_of(await receive_object(request), "file")
        id = await run_in_threadpool(self._shelf.remove, file)
        told = WORDS[self._frame(request).language].removed.format(file=file)
        return JSONResponse({"told": told, "id": id})

    async def restore(self, request: Request) -> Response:
        """Put a removed file back."""
        id = text_of(await receive_object(request), "id")
        file = await run_in_threadpool(self._shelf.restore, id)
        told = WORDS[self._frame(request).language].restored.format(file=file)
        return JSONResponse({"told": told, "file": file})

    async def rebuild(self, request: Request) -> Response:
        """Begin to rebuild the index in the background."""
        await receive_object(request)
        if not await run_in_threadpool(self._job.start, rebuild, self._site.settings):
            raise Refused("running", 409)
        return JSONResponse({"told": WORDS[self._frame(request).language].starting}, 202)

    async def stop(self, request: Request) -> Response:
        """End the rebuild; the index stays as it was."""
        await receive_object(request)
        await run_in_threadpool(self._job.stop)
        return JSONResponse({"told": tell(WORDS[self._frame(request).language], self._job.state())})

    def _frame(self, request: Request) -> Frame:
        return open_frame(request, self._site.settings, DOCUMENTS)

    def _index(self) -> Index:
        return self._site.current.get().index

    def _built_elsewhere(self) -> str:
        """The folder that the index was built from, when it is not the one of the settings."""
        built = self._index().manifest.source
        return "" if Path(built) == self._shelf.folder else built

    def _view(self, index: Index, searched: str, page: int) -> View:
        others = self._built_elsewhere()
        rows = (
            self._shelf.rows(index)
            if not others
            else tuple(Row(file, Standing.INDEXED) for file in index.files)
        )
        found = _find(index, rows, searched) if searched else rows
        pages = max(1, -(-len(found) // ROWS_SHOWN))
        page = min(max(page, 1), pages)
        shown = found[(page - 1) * ROWS_SHOWN : page * ROWS_SHOWN]
        return View(
            lines=tuple(_line(index, row) for row in shown),
            searched=searched,
            found=len(found),
            page=page,
            pages=pages,
            documents=len(index.manifest.files),
            passages=len(index),
            pending=sum(row.standing in (Standing.NEW, Standing.CHANGED, Standing.GONE) for row in rows),
            folder=str(self._shelf.folder),
            others=others,
            trash=f"{self._site.home.name}/{self._trash.folder.name}",
            removed=self._trash.entries(self._shelf.folder),
            limit_mb=self._site.settings.max_file_mb,
            state=self._job.state(),
        )


def _line(index: Index, row: Row) -> Line:
    if row.file not in index.manifest.files:
        return Line(row)
    return Line(row, index.document(row.file), _passages(index, row.file))


def _passages(index: Index, file: str) -> tuple[Chunk, ...]:
    rows = index.rows_allowed(Filter(files=frozenset({file})))
    return () if rows is None else index.chunks(rows.tolist())


def _find(index: Index, rows: Sequence[Row], searched: str) -> tuple[Row, ...]:
    """The rows whose file or one of whose titles holds the words, letters in either case."""
    words = searched.casefold()
    titled = {chunk.file for chunk in index.all_chunks() if words in chunk.title.casefold()}
    return tuple(row for row in rows if words in row.file.casefold() or row.file in titled)


def _span(start: str, end: str, length: int) -> tuple[int, int]:
    """Two offsets of a text as they are asked for; an empty range for anything else."""
    if not (start.isdecimal() and end.isdecimal() and len(start + end) < 30):
        return 0, 0
    low, high = int(start), int(end)
    return (low, high) if low < high <= length else (0, 0)


def tell(words: Words, state: State) -> str:
    """The state of a rebuild in a sentence; empty when none was begun."""
    return tell_work(words, state, partial(_tell_stage, words), partial(_tell_done, words))


def _tell_stage(words: Words, state: State) -> str:
    stage = words.stages.get(state.stage, words.starting)
    return stage.format(done=f"{state.done:,}", total=f"{state.total:,}")


def _tell_done(words: Words, state: State) -> str:
    numbers = {name: f"{value:,}" for name, value in state.result.items() if name != "seconds"}
    return words.done.format(**numbers, seconds=f"{state.result['seconds']:.1f}")
