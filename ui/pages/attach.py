"""The pages beside the chat, attached to the application that serves it."""

from pathlib import Path
from typing import TYPE_CHECKING

from starlette.staticfiles import StaticFiles

from rag.current import Current
from rag.settings import Settings
from ui.pages import documents, evaluation
from ui.pages.frame import ASSETS, ASSETS_PATH
from ui.pages.indicators import routes as indicators
from ui.pages.site import Site

if TYPE_CHECKING:
    from fastapi import FastAPI

HOME = Path(".ganwen")
"""What Ganwen keeps, below the folder that the server is run in: kept runs, and removed files."""


def attach_pages(app: "FastAPI", settings: Settings, current: Current, home: Path = HOME) -> Site:
    """Add the pages to an application; to be called before anything is mounted at its root."""
    site = Site(settings, current, home.resolve())
    app.mount(ASSETS_PATH, StaticFiles(directory=ASSETS))
    pages = (*documents.routes(site), *indicators.routes(site), *evaluation.routes(site))
    app.router.routes.extend(pages)
    return site
