"""How onnxruntime runs a network here."""

import os
from typing import Any


def session_options() -> Any:
    """Options of a session: at most four threads, which sleep while they wait, and no log.

    ImportError where onnxruntime is not installed.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = min(4, os.cpu_count() or 1)
    options.log_severity_level = 4
    # Threads that wait by spinning were no faster alone, and a third slower beside another process.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return options
