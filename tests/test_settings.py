"""Settings: three sources in rising order, each value with its origin, mistakes said with the nearest name."""

from pathlib import Path

import pytest

from rag.errors import SettingsError
from rag.settings import Settings, load_settings, unknown_variables
from rag.store.manifest import DEFAULT_FOLDER, DEFAULT_SOURCE


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"GANWEN_{name.upper()}", raising=False)


def _write(text: str) -> None:
    Path("ganwen.toml").write_text(text, encoding="utf-8")


def test_defaults() -> None:
    settings = load_settings()
    assert settings.source == DEFAULT_SOURCE == Path("seeds")
    assert settings.index == DEFAULT_FOLDER == Path(".ganwen/index")
    assert (settings.host, settings.port) == ("127.0.0.1", 7860)
    assert set(settings.origins.values()) == {"default"}


def test_a_flag_beats_the_environment_which_beats_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    _write('source = "报告"\nport = 1001\nmax_file_mb = 5\n')
    monkeypatch.setenv("GANWEN_PORT", "1002")
    monkeypatch.setenv("GANWEN_MAX_FILE_MB", "6")
    settings = load_settings(max_file_mb=7, host=None)
    assert (settings.source, settings.port, settings.max_file_mb) == (Path("报告"), 1002, 7)
    named = {name: origin for name, origin in settings.origins.items() if origin != "default"}
    assert named == {"source": "ganwen.toml", "port": "GANWEN_PORT", "max_file_mb": "--max-file-mb"}


def test_an_empty_environment_variable_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANWEN_PORT", "")
    assert load_settings().origins["port"] == "default"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("prot = 1", r"^Unknown setting prot in ganwen\.toml\. Did you mean port\?$"),
        ("zzzz = 1", r"^Unknown setting zzzz in ganwen\.toml\. Known: source, index, "),
        ("[server]\nport = 1", r"^Unknown setting server in ganwen\.toml\."),
        (
            "port = 99999",
            r"^Setting port = 99999 \(ganwen\.toml\): Input should be less than or equal to 65535\.$",
        ),
        (
            'language = "fr"',
            r"^Setting language = 'fr' \(ganwen\.toml\): Input should be 'auto', 'zh' or 'en'\.$",
        ),
        ("max_file_mb = 0", r"^Setting max_file_mb = 0 \(ganwen\.toml\): Input should be greater than 0\.$"),
        ("port = \n", r"^ganwen\.toml is not valid TOML in UTF-8: .*line 1"),
    ],
)
def test_a_mistake_in_the_file(text: str, message: str) -> None:
    _write(text)
    with pytest.raises(SettingsError, match=message):
        load_settings()


def test_a_file_that_is_not_utf8() -> None:
    Path("ganwen.toml").write_bytes('source = "报告"'.encode("gb18030"))
    with pytest.raises(SettingsError, match=r"^ganwen\.toml is not valid TOML in UTF-8: .*utf-8"):
        load_settings()


def test_a_mistake_in_the_environment_names_the_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANWEN_PORT", "many")
    with pytest.raises(SettingsError, match=r"^Setting port = 'many' \(GANWEN_PORT\): "):
        load_settings()


def test_the_home_folder_may_be_written_as_a_tilde(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/somebody")
    _write('source = "~/reports"')
    assert load_settings(index="~/index").source == Path("/home/somebody/reports")
    assert load_settings(index="~/index").index == Path("/home/somebody/index")


def test_a_variable_that_sets_nothing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANWEN_PORT", "8000")
    assert unknown_variables() == ()
    monkeypatch.setenv("GANWEN_PROT", "8000")
    assert unknown_variables() == ("GANWEN_PROT sets nothing. Did you mean GANWEN_PORT?",)
    assert load_settings().port == 8000
