"""A virtual environment for each peer, under .ganwen/peers, made once from its requirements.txt."""

import subprocess
import sys
from pathlib import Path

from benchmarks.peers.process import ROOT, PeerError

HERE = Path(__file__).parent
FOLDER = ROOT / ".ganwen" / "peers"


def ensure(name: str) -> Path:
    """The Python of a peer's environment, installed now unless that was done. Raises PeerError with pip's last word.

    torch comes first and alone: a CPU build that pip already knows of is then kept by the rest.
    """
    folder, wanted = FOLDER / name, (HERE / name / "requirements.txt").read_text(encoding="utf-8")
    python, ready = folder / "bin" / "python", folder / "ready"
    if ready.is_file() and ready.read_text(encoding="utf-8") == wanted:
        return python
    ready.unlink(missing_ok=True)
    print(f"Installing {name} into {folder}, once; a few minutes", file=sys.stderr)
    _run(sys.executable, "-m", "venv", str(folder))
    install = (str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    for line in wanted.splitlines():
        if line.startswith("torch=="):
            _run(*install, line)
    _run(*install, "-r", str(HERE / name / "requirements.txt"))
    ready.write_text(wanted, encoding="utf-8")  # last, so that a broken installation is done again
    return python


def versions(name: str) -> dict[str, str]:
    """The pinned packages of a peer."""
    lines = (HERE / name / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split("==") for line in lines)


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", errors="replace")
    if done.returncode:
        errors = [line for line in done.stderr.splitlines() if "ERROR" in line] or done.stderr.splitlines()
        raise PeerError(f"cannot be installed: {(errors or ['pip said nothing'])[-1].strip()}")
