"""How onnxruntime runs a network here."""

import os
from typing import Any


def threads() -> int:
    """How many threads a network, or several side by side, may take."""
    return min(4, os.cpu_count() or 1)


def session_options(threads: int) -> Any:
    """Options of a session: so many threads a run, which sleep while they wait, and no log.

    ImportError where onnxruntime is not installed.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 4
    # Threads that wait by spinning were no faster alone, and a third slower beside another process.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return options
