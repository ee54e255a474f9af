"""What tests share: the seed reports, a real index of them and an assistant that reads it.

Imports are local, so that a test file that needs none of this starts at once.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from rag.assistant import Assistant

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".ganwen" / "test-cache"


def pytest_configure() -> None:
    """Keep the unpacked model and the vectors between runs, apart from the user's own; processes inherit it."""
    os.environ["GANWEN_CACHE"] = str(CACHE)


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder."""
    return ROOT


@pytest.fixture(scope="session")
def seeds(root: Path) -> Path:
    """The reports that the project ships with."""
    return root / "seeds"


@pytest.fixture(scope="session")
def seed_index(seeds: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real index of the seeds, with the bundled model. Its vectors come from the cache."""
    from embeddings.cache import VectorCache
    from embeddings.encoder import load_encoder
    from rag.store import build_index

    folder = tmp_path_factory.mktemp("seeds") / "index"
    with VectorCache(CACHE / "vectors.sqlite", max_mb=256) as cache:
        build_index(seeds, folder, load_encoder(), cache=cache)
    return folder


@pytest.fixture(scope="session")
def assistant(seed_index: Path) -> "Assistant":
    """An assistant over the index of the seeds."""
    from rag.assistant import Assistant

    return Assistant.open(seed_index)


BROWSER_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    """A Chromium for the tests of a file; its loop must be gone before another file begins one of its own."""
    executable = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if executable is None:
        missing = (
            "No Chromium for the browser tests; on Debian and Ubuntu: apt install chromium fonts-noto-cjk"
        )
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=BROWSER_FLAGS)
        yield browser
        browser.close()
