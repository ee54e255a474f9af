"""What the server did, in the words of Prometheus. No question, name or path is ever a label."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from fastapi import Response

from ui.service import Service

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric


def write_metrics(service: Service) -> Response:
    """Every count as it is now."""
    from prometheus_client import CollectorRegistry, GCCollector, ProcessCollector, generate_latest
    from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

    registry = CollectorRegistry()
    registry.register(_Counts(service))
    ProcessCollector(registry=registry)
    GCCollector(registry=registry)
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_PLAIN_0_0_4)


class _Counts:
    """The counts of one service, read when they are asked for."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def collect(self) -> "Iterator[Metric]":
        """Each count with its name and meaning."""
        yield from self._questions()
        yield from self._requests()
        yield from self._index()

    def _questions(self) -> "Iterator[Metric]":
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily

        tally, gate = self._service.tally, self._service.gate
        asked = CounterMetricFamily(
            "ganwen_questions", "Questions, by what became of them.", labels=["outcome"]
        )
        for outcome, count in sorted(tally.questions.items()):
            asked.add_metric([outcome], count)
        yield asked
        took = HistogramMetricFamily(
            "ganwen_answer_seconds", "Seconds from a question to its whole answer, waiting included."
        )
        buckets = [
            ("+Inf" if bound == float("inf") else f"{bound:g}", float(n)) for bound, n in tally.times()
        ]
        took.add_metric([], buckets, tally.seconds)
        yield took
        yield GaugeMetricFamily("ganwen_answers_running", "Questions being answered.", gate.running)
        yield GaugeMetricFamily("ganwen_queue_length", "Questions that wait.", gate.length)

    def _requests(self) -> "Iterator[Metric]":
        from prometheus_client.core import CounterMetricFamily

        requests = CounterMetricFamily(
            "ganwen_http_requests", "Requests, by part of the server and status.", labels=["area", "status"]
        )
        for (area, status), count in sorted(self._service.tally.requests.items()):
            requests.add_metric([area, str(status)], count)
        yield requests
        refusals = CounterMetricFamily(
            "ganwen_http_refusals", "Requests turned away at the door, by reason.", labels=["reason"]
        )
        for reason, count in sorted(self._service.tally.refusals.items()):
            refusals.add_metric([reason], count)
        yield refusals

    def _index(self) -> "Iterator[Metric]":
        from datetime import datetime

        from prometheus_client.core import GaugeMetricFamily

        index = self._service.current.get().index
        built = datetime.fromisoformat(index.manifest.created).timestamp()
        yield GaugeMetricFamily("ganwen_index_passages", "Passages of the index.", len(index))
        yield GaugeMetricFamily("ganwen_index_documents", "Documents of the index.", len(index.files))
        yield GaugeMetricFamily(
            "ganwen_index_built_seconds", "When it was built, in seconds since 1970.", built
        )
