"""Parts a question set in halves: one to tune on, one that nobody looks at while tuning.

Run over a file after adding questions at its end: `python -m eval.splits eval/questions/seeds.jsonl`.
"""

import hashlib
import json
import sys
from collections.abc import Iterable
from pathlib import Path

SEED = "ganwen"


def assign_splits(questions: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The split of each question, given as (id, type) in order: half of each type is tune, half held.

    Questions of a type are taken in pairs; a hash of the first one's id says which of the two is held. So questions
    added at the end never move an earlier one, and no author chooses.
    """
    splits: dict[str, str] = {}
    unpaired: dict[str, str] = {}
    for id, type in questions:
        first = unpaired.pop(type, None)
        if first is None:
            unpaired[type] = id
            splits[id] = "held" if hashlib.sha256(f"{SEED}:{id}".encode()).digest()[0] % 2 else "tune"
        else:
            splits[id] = "tune" if splits[first] == "held" else "held"
    return splits


def main() -> None:
    """Write the splits of the set named on the command line into it."""
    path = Path(sys.argv[1])
    records = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line]
    splits = assign_splits((record["id"], record["type"]) for record in records)
    lines = [json.dumps(record | {"split": splits[record["id"]]}, ensure_ascii=False) for record in records]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
