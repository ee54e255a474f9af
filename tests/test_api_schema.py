"""Requests drawn from the description itself, right ones and wrong ones: no crash, and every reply is as described."""

from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

from rag.assistant import Assistant
from tests.serving import Server, serving

# Gradio 6.31 counts its requests in a way that pandas 3 deprecates.
pytestmark = pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")

load_all_checks()
CHECKED = CHECKS.get_by_names(
    [
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
        "negative_data_rejection",
        "unsupported_method",
        "allow_header_conformance",
    ]
)

WITHOUT_FIELDS = {"/v1/models", "/v1/models/{model}", "/healthz", "/readyz", "/metrics"}
"""Nothing can be wrong with what these are sent."""


@pytest.fixture(scope="module")
def server(assistant: Assistant) -> Iterator[Server]:
    with serving(assistant, rate=0) as running:
        yield running


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_every_reply_is_as_described(server: Server, mode: GenerationMode) -> None:
    description = schemathesis.openapi.from_dict(server.get("/openapi.json").json)
    operations = [found.ok() for found in description.get_all_operations()]
    assert len(operations) == 6
    for operation in operations:
        if mode is GenerationMode.NEGATIVE and operation.path in WITHOUT_FIELDS:
            continue

        @settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy(generation_mode=mode))
        def check(case: schemathesis.Case) -> None:
            response = case.call(base_url=server.address)
            case.validate_response(response, checks=CHECKED)

        check()
    assert server.get("/readyz").status == 200
