"""How often each address may do something: a bucket that holds a minute's worth and fills evenly."""

import time
from collections import OrderedDict
from dataclasses import dataclass

ADDRESSES_KEPT = 10_000
MINUTE = 60.0


@dataclass(slots=True)
class _Bucket:
    left: float
    at: float


class Rates:
    """`most` a minute for each address; 0 for any number. Used by one event loop."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def wait(self, address: str) -> float:
        """Seconds until this address may go on; 0 when it may now."""
        if not self._most or address not in self._buckets:
            return 0.0
        bucket = self._fill(address)
        return 0.0 if bucket.left >= 1 else (1 - bucket.left) * MINUTE / self._most

    def take(self, address: str) -> float:
        """Count one; the seconds to wait before it when there were too many, and then nothing is counted."""
        if not self._most:
            return 0.0
        wait = self.wait(address)
        if not wait:
            self._fill(address).left -= 1
        return wait

    def _fill(self, address: str) -> _Bucket:
        now = time.monotonic()
        bucket = self._buckets.setdefault(address, _Bucket(self._most, now))
        bucket.left = min(self._most, bucket.left + (now - bucket.at) * self._most / MINUTE)
        bucket.at = now
        self._buckets.move_to_end(address)
        while len(self._buckets) > ADDRESSES_KEPT:
            self._buckets.popitem(last=False)
        return bucket
