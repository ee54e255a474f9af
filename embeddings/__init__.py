"""Text to vectors; knows nothing of documents."""

import os

# OpenMP threads wait for each other spinning unless told otherwise. On two busy cores that made a question take
# 830 ms instead of 34 ms (three processes asking at once), so they sleep. Read when faiss, torch or the engine load.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
