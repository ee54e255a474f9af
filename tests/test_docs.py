"""The README and docs/ say what is there."""

import ast
import re
from pathlib import Path

import pytest

ROOMS = ("embeddings", "rag", "eval", "ui")


def listed(root: Path) -> list[str]:
    """The README's line for each module: its path and the first phrase of its docstring."""
    lines = []
    for room in ROOMS:
        for path in sorted(
            (root / room).rglob("*.py"), key=lambda p: (p.parent.parts, p.name != "__init__.py", p.name)
        ):
            name = path.relative_to(root).as_posix().removesuffix("__init__.py")
            phrase = (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").split("\n\n")[0]
            lines.append(f"{name:<36} {phrase.replace(chr(10), ' ').rstrip('.')}")
    return lines


def test_the_tree_of_the_readme_has_every_module_with_its_phrase(root: Path) -> None:
    readme = (root / "README.md").read_text(encoding="utf-8").splitlines()
    missing = [line for line in listed(root) if line not in readme]
    assert missing == []
    named = [line.split()[0] for line in readme if re.match(r"(embeddings|rag|eval|ui)/\S*(\.py|/) ", line)]
    assert [name for name in named if not (root / name).exists()] == []


@pytest.mark.parametrize(
    "page", ["README.md", "docs/architecture.md", "docs/benchmarks.md", "docs/corpus.md", "CHANGELOG.md"]
)
def test_links_and_named_files_exist(root: Path, page: str) -> None:
    text = (root / page).read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!http|#)([^)#]+)", text)
    assert [link for link in links if not ((root / page).parent / link).exists()] == []
    named = re.findall(r"`((?:rag|embeddings|eval|ui|docs|benchmarks|tests)/[\w./]+)`", text)
    assert [name for name in named if not ((root / name).exists() or (root / f"{name}.py").exists())] == []


def test_commands_in_the_readme_are_commands(root: Path) -> None:
    from ui.cli import main

    readme = (root / "README.md").read_text(encoding="utf-8")
    commands = set(re.findall(r"ganwen (index|ask|serve|corpus|eval|settings|verify)\b", readme))
    assert {"index", "ask", "serve", "corpus", "settings"} <= commands
    for command in commands:
        with pytest.raises(SystemExit) as stopped:
            main([command, "--help"])
        assert stopped.value.code == 0
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"make ([a-z-]+)", readme)):
        assert f"\n{target}:" in makefile


def test_rooms_of_the_architecture_are_folders(root: Path) -> None:
    text = (root / "docs/architecture.md").read_text(encoding="utf-8")
    assert [room for room in ROOMS if f"`{room}/`" not in text] == []


def test_types_of_the_architecture_are_types(root: Path) -> None:
    from rag import types

    text = (root / "docs/architecture.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([A-Z][A-Za-z]+)`", text)) - {"None", "False"}
    assert {"Document", "Chunk", "Question", "Hit", "Answer"} <= named
    assert [name for name in named if not hasattr(types, name)] == []


def test_commands_of_the_architecture_are_those_of_the_help(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from ui.cli import main

    with pytest.raises(SystemExit):
        main(["--help"])
    shown = re.findall(r"^    (\w+) +(\S.*)$", capsys.readouterr().out.split("options:")[0], re.MULTILINE)
    text = (root / "docs/architecture.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `ganwen (\w+)` \| (.*) \|$", text, re.MULTILINE) == shown


def test_settings_of_the_architecture_are_the_settings(root: Path) -> None:
    from rag.settings import Settings

    text = (root / "docs/architecture.md").read_text(encoding="utf-8").split("\n## Settings\n")[1]
    told = re.findall(r"^\| `(\w+)` \| (.*?) \| (.*) \|$", text.split("\n## ")[0], re.MULTILINE)
    assert told == [
        (
            name,
            f"`{field.default}`" if field.default_factory is None else "the user's cache folder",
            field.description,
        )
        for name, field in Settings.model_fields.items()
    ]
