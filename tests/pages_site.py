"""A whole site on loopback for the tests of the pages: a folder of reports of its own, its index, a real server."""

import asyncio
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rag.settings import Settings
from tests.conftest import CACHE

REPORTS = {
    "望湖县2023年.txt": "望湖县2023年政府工作报告\n\n一、2023年工作回顾\n\n2023年，望湖县地区生产总值达到321.5亿元，增长6.4%。\n\n"
    "全县森林覆盖率为66.1%。\n\n二、2024年工作安排\n\n2024年，望湖县地区生产总值增长目标为6%左右。\n",
    "望湖县民生.md": "# 望湖县民生实事\n\n2023年，望湖县新建公办幼儿园12所，新增学位3400个。\n",
}
ADDED = "2022年青石县政府工作报告\n\n2022年，青石县茶叶总产量达到4.8万吨，比上年增长9.2%。\n"


@dataclass(frozen=True)
class Site:
    """Where the site is found, its folder of reports, and what it keeps."""

    address: str
    reports: Path
    home: Path
    settings: Settings


def write_reports(folder: Path) -> Path:
    """The folder of reports that the site begins with."""
    folder.mkdir(parents=True)
    for name, text in REPORTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@contextmanager
def serve_site(root: Path, **settings: object) -> Iterator[Site]:
    """The site in a folder, until the end."""
    from embeddings.cache import VectorCache
    from embeddings.encoder import load_encoder
    from rag.assistant import Assistant
    from rag.store import build_index

    reports, home = root / "reports", root / ".ganwen"
    if not reports.exists():
        write_reports(reports)
    with VectorCache(CACHE / "vectors.sqlite", max_mb=256) as cache:
        build_index(reports, home / "index", load_encoder(), cache=cache)
    values: dict[str, object] = {"source": reports, "index": home / "index", "cache": CACHE} | settings
    made = Settings.model_validate(values)
    with _serving(Assistant.open(home / "index"), made, root) as address:
        yield Site(address, reports, home, made)


@contextmanager
def _serving(assistant: object, settings: Settings, root: Path) -> Iterator[str]:
    import uvicorn

    from ui.web import build_app, listen

    listener = listen("127.0.0.1", 0)
    started = threading.Event()
    servers: list[uvicorn.Server] = []

    async def run() -> None:
        before = Path.cwd()
        os.chdir(root)  # what Ganwen keeps lies below the folder that it is run in
        try:
            app = build_app(assistant, settings)  # type: ignore[arg-type]
        finally:
            os.chdir(before)
        servers.append(uvicorn.Server(uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=1)))
        started.set()
        await servers[0].serve(sockets=[listener])

    thread = threading.Thread(target=lambda: asyncio.run(run()), daemon=True)
    thread.start()
    started.wait()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        servers[0].should_exit = True
        thread.join(timeout=20)
