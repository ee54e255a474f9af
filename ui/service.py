"""What every door of the server shares: who answers, behind one gate, what is counted, and which language model writes."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from rag.assistant import Assistant
from rag.current import Current
from rag.settings import FIRST_MODEL, Settings
from ui.guard.gate import Gate
from ui.guard.gated import Gated
from ui.guard.tally import Tally

if TYPE_CHECKING:
    from rag.llm.backend import Backend


@dataclass(frozen=True, slots=True)
class Service:
    """One server: `assistant` answers behind the gate, `current` holds it over the index as it now is."""

    settings: Settings
    assistant: Gated
    current: Current
    gate: Gate
    tally: Tally
    backend: "Backend | None"

    @property
    def writer(self) -> str:
        """The name of the language model, if there is one."""
        return name_model(self.settings) if self.backend is not None else ""


def open_service(assistant: Assistant, settings: Settings, backend: "Backend | None" = None) -> Service:
    """What the doors of one server share."""
    gate, tally = Gate(settings.answers, settings.queue), Tally()
    gated = Gated(assistant, gate, tally)
    return Service(settings, gated, Current(gated), gate, tally, backend)


def name_model(settings: Settings) -> str:
    """What the page and programs call the language model of the settings: its name, else its server or its file."""
    if settings.llm_model != FIRST_MODEL:
        return settings.llm_model
    return urlsplit(settings.llm).netloc or Path(settings.llm).name
