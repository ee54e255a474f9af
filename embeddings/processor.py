"""What the processor can do, asked without importing torch; known on Linux only."""

from functools import lru_cache
from pathlib import Path


@lru_cache(maxsize=1)
def _flags() -> frozenset[str]:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return frozenset()
    return frozenset(next((line.partition(":")[2] for line in lines if line.startswith("flags")), "").split())


def computes_bfloat16() -> bool:
    """Whether bfloat16 has instructions of its own (AMX or AVX512-BF16), and so is faster than float32."""
    return not _flags().isdisjoint({"amx_bf16", "avx512_bf16"})
