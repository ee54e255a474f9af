"""Language models on this machine: GGUF files in the usual folders, servers that answer on the usual ports."""

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from rag.errors import ModelError
from rag.llm.backend import Backend, Message, Stop
from rag.llm.gguf import ModelFile, read_model_file
from rag.llm.server import ServerBackend
from rag.llm.troubles import trouble

FOLDERS = (
    "models",
    "~/models",
    "~/.cache/llama.cpp",
    "~/.cache/gguf",
    "~/.lmstudio/models",
    "~/.cache/huggingface/hub",
)
"""Where llama.cpp, LM Studio and people keep GGUF files; Ollama keeps them under other names, and has its server."""
PORTS = {8080: "llama.cpp", 11434: "Ollama", 1234: "LM Studio", 8000: "vLLM"}
FILES_SHOWN = 200
KNOCK_SECONDS = 0.5
TRIAL = (Message("user", "用一句话说说什么是政府工作报告。"),)
TRIAL_TOKENS = 60


@dataclass(frozen=True, slots=True)
class ModelServer:
    """A server that answers, the usual program at its port, and the names of its models."""

    address: str
    program: str
    models: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """What a model said to a first question: seconds to its first word and to the end, pieces of text after the first."""

    text: str
    first: float
    seconds: float
    pieces: int

    @property
    def speed(self) -> float:
        """Pieces, about tokens, a second once it writes."""
        return self.pieces / (self.seconds - self.first) if self.seconds > self.first else 0.0


def find_files(folder: Path | None = None) -> Iterator[ModelFile]:
    """The GGUF files in a folder and those below, or in the usual ones; damaged ones are left out (ModelError)."""
    if folder is not None and not folder.is_dir():
        raise trouble("no_folder", path=folder)
    folders = [folder] if folder is not None else [Path(name).expanduser() for name in FOLDERS]
    seen: set[Path] = set()
    for path in (path for each in folders for path in sorted(each.rglob("*.gguf"))):
        if len(seen) < FILES_SHOWN and path.resolve() not in seen:
            seen.add(path.resolve())
            try:
                yield read_model_file(path)
            except ModelError:
                continue


def find_servers(ports: Sequence[int] = tuple(PORTS)) -> tuple[ModelServer, ...]:
    """The servers on loopback that list their models, at the usual ports."""
    with ThreadPoolExecutor(len(ports)) as pool:
        return tuple(server for server in pool.map(_knock, ports) if server is not None)


def _knock(port: int) -> ModelServer | None:
    address = f"http://127.0.0.1:{port}/v1"
    try:
        models = ServerBackend(address).list_models(KNOCK_SECONDS)
    except ModelError:
        return None
    return ModelServer(address, PORTS.get(port, ""), models)


def try_model(backend: Backend) -> Trial:
    """Ask a model something short, and see how fast it answers (ModelError)."""
    started = time.perf_counter()
    first, texts = 0.0, []
    for piece in backend.stream(TRIAL, TRIAL_TOKENS, Stop()):
        if piece.text:
            first = first or time.perf_counter() - started
            texts.append(piece.text)
    if not texts:
        raise trouble("nothing", name=backend.name)
    return Trial("".join(texts), first, time.perf_counter() - started, len(texts) - 1)
