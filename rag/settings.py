"""What the user may set, in one place: `ganwen.toml`, then the environment (`GANWEN_*`), then flags, each over the last.

ganwen.toml      source = "reports"
environment      GANWEN_SOURCE=reports
flag             ganwen index --source reports
"""

import os
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, PrivateAttr, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from embeddings.bundled import cache_folder
from rag.errors import SettingsError

SETTINGS_FILE = "ganwen.toml"
"""Read from the folder that the command is run in."""

ENVIRONMENT_PREFIX = "GANWEN_"

NO_MODEL, FIRST_MODEL = "none", "first"

Folder = Annotated[Path, AfterValidator(Path.expanduser)]


class Settings(BaseSettings):
    """Every setting, its default and what it means (`description`); `origins` says where each value came from."""

    model_config = SettingsConfigDict(
        env_prefix=ENVIRONMENT_PREFIX,
        env_ignore_empty=True,
        toml_file=SETTINGS_FILE,
        extra="forbid",
        frozen=True,
    )

    source: Folder = Field(Path("seeds"), description="folder of reports to read")
    index: Folder = Field(Path(".ganwen/index"), description="folder of the index")
    embedding_model: str = Field(
        "bundled",
        min_length=1,
        description="the bundled multilingual-e5-small, or a sentence-transformers name or folder",
    )
    max_file_mb: float = Field(50, gt=0, description="larger files are skipped by name, in megabytes")
    cache: Folder = Field(
        default_factory=cache_folder,
        description="folder of the unpacked model and of vectors already computed",
    )
    host: str = Field("127.0.0.1", min_length=1, description="address that the chat listens on")
    port: int = Field(7860, ge=1, le=65535, description="port that the chat listens on")
    token: SecretStr | None = Field(
        None,
        description="password of the page and bearer token of programs; needed to listen beyond this machine",
    )
    rate: int = Field(1200, ge=0, description="requests that one address may send a minute, 0 for any number")
    answers: int = Field(8, ge=1, description="questions answered at once; more wait in a queue")
    queue: int = Field(64, ge=0, description="questions that may wait; more are turned away")
    log_questions: bool = Field(
        False, description="whether the log tells each question and what became of it"
    )
    language: Literal["auto", "zh", "en"] = Field(
        "auto", description="language of the chat page; auto follows the browser"
    )
    llm: str = Field(
        NO_MODEL,
        min_length=1,
        description="language model that writes: a GGUF file, a server's address, or none",
    )
    llm_model: str = Field(
        FIRST_MODEL, min_length=1, description="name of the model at that server, or the first it offers"
    )
    llm_key: SecretStr | None = Field(None, description="key that the server wants, if it wants one")
    llm_timeout: float = Field(
        60, gt=0, description="seconds of silence after which a language model counts as gone"
    )
    _origins: dict[str, str] = PrivateAttr(default_factory=dict)

    @property
    def origins(self) -> dict[str, str]:
        """Where each value came from, by name: default, ganwen.toml, an environment variable or a flag."""
        return {name: self._origins.get(name, "default") for name in type(self).model_fields}

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 (the library calls it by name)
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flags over the environment over `ganwen.toml`."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def load_settings(**flags: Any) -> Settings:
    """The settings in force in this folder; a flag that is None was not given.

    Raises SettingsError for a `ganwen.toml` that cannot be read, an unknown name and a value out of range.
    """
    given = {name: value for name, value in flags.items() if value is not None}
    from_file = _read_file()
    _check_names(given, "the flags")
    _check_names(from_file, SETTINGS_FILE)
    from_environment = EnvSettingsSource(Settings)()
    origins = (
        dict.fromkeys(from_file, SETTINGS_FILE)
        | {name: f"{ENVIRONMENT_PREFIX}{name.upper()}" for name in from_environment}
        | {name: f"--{name.replace('_', '-')}" for name in given}
    )
    try:
        settings = Settings(**given)
    except ValidationError as error:
        raise SettingsError(_describe(error, origins)) from error
    settings._origins = origins
    return settings


def _read_file() -> dict[str, Any]:
    """What `ganwen.toml` says; empty when there is none."""
    try:
        return TomlConfigSettingsSource(Settings)()
    except OSError as error:
        raise SettingsError(f"{SETTINGS_FILE} cannot be read: {error.strerror}.") from error
    except ValueError as error:  # not UTF-8, or not TOML: the text names the line
        raise SettingsError(f"{SETTINGS_FILE} is not valid TOML in UTF-8: {error}.") from error


def _check_names(values: Mapping[str, Any], origin: str) -> None:
    for name in values:
        if name not in Settings.model_fields:
            raise SettingsError(
                f"Unknown setting {name} in {origin}. {_hint(name, tuple(Settings.model_fields))}"
            )


def unknown_variables() -> tuple[str, ...]:
    """What is wrong with each variable `GANWEN_*` that sets nothing, as a sentence; another program may want it."""
    known = tuple(f"{ENVIRONMENT_PREFIX}{name.upper()}" for name in Settings.model_fields)
    return tuple(
        f"{name} sets nothing. {_hint(name, known)}"
        for name in sorted(os.environ)
        if name.startswith(ENVIRONMENT_PREFIX) and name not in known
    )


def _hint(name: str, known: Sequence[str]) -> str:
    near = get_close_matches(name, known, n=1)
    return f"Did you mean {near[0]}?" if near else f"Known: {', '.join(known)}."


def _describe(error: ValidationError, origins: Mapping[str, str]) -> str:
    """The first thing wrong: name, value, where it was set and what would do."""
    problem = error.errors(include_url=False)[0]
    name = str(problem["loc"][0])
    return f"Setting {name} = {problem['input']!r} ({origins.get(name, 'default')}): {problem['msg']}."
