"""Search and ask as tools, through the official client over real HTTP."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest

from rag.assistant import Assistant
from tests.serving import QUESTION, TOKEN, Server, serving

# Gradio 6.31 counts its requests in a way that pandas 3 deprecates.
pytestmark = pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")


@pytest.fixture(scope="module")
def server(assistant: Assistant) -> Iterator[Server]:
    with serving(assistant, token=TOKEN) as running:
        yield running


def talk(server: Server, *calls: tuple[str, dict[str, Any]]) -> tuple[dict[str, Any], list[Any]]:
    """The tools by name, and what each call brought."""
    from httpx2 import AsyncClient
    from mcp import Client
    from mcp.client.streamable_http import streamable_http_client

    async def run() -> tuple[dict[str, Any], list[Any]]:
        headers = {"Authorization": f"Bearer {server.token}"}
        async with AsyncClient(headers=headers, trust_env=False) as line:
            transport = streamable_http_client(f"{server.address}/mcp", http_client=line)
            async with Client(transport) as client:
                tools = {tool.name: tool for tool in (await client.list_tools()).tools}
                return tools, [await client.call_tool(name, arguments) for name, arguments in calls]

    return asyncio.run(run())


def test_tools_search_and_ask(server: Server, assistant: Assistant) -> None:
    tools, (found, told, followed, filtered) = talk(
        server,
        ("search", {"query": "森林覆盖率", "limit": 3, "period": ["2023"]}),
        ("ask", {"question": QUESTION}),
        ("ask", {"question": "那2022年呢？", "history": [{"question": QUESTION, "answer": "63.1%"}]}),
        ("ask", {"question": QUESTION, "region": ["海南省"]}),
    )
    assert sorted(tools) == ["ask", "search"]
    assert all(tool.annotations.read_only_hint for tool in tools.values())
    passages = found.structured_content["passages"]
    assert [each["n"] for each in passages] == [1, 2, 3]
    assert any("森林覆盖率" in each["text"] for each in passages)
    assert all(each["file"] in assistant.index.files for each in passages)
    assert all("2023" in each["period"] or "—" in each["period"] for each in passages)
    expected = assistant.ask(QUESTION)
    assert told.structured_content["answer"] == expected.text
    (cited,) = told.structured_content["citations"]
    assert (cited["file"], cited["start"], cited["end"]) == (
        expected.citations[0].file,
        expected.citations[0].start,
        expected.citations[0].end,
    )
    assert json.loads(told.content[0].text) == told.structured_content
    assert followed.structured_content["understood"] == "2022年江西省森林覆盖率是多少？"
    assert (filtered.structured_content["verdict"], filtered.structured_content["citations"]) == (
        "refused",
        [],
    )


def test_a_call_that_cannot_be_answered_says_why(server: Server) -> None:
    _, results = talk(
        server,
        ("ask", {"question": ""}),
        ("ask", {"question": QUESTION, "document": ["../../etc/passwd"]}),
        ("search", {"query": "森林", "kind": ["rumour"]}),
        ("search", {"query": "森林", "limit": 500}),
    )
    assert all(result.is_error for result in results)
    said = [result.content[0].text for result in results]
    assert "The question is empty" in said[0]
    assert "There is no document ../../etc/passwd" in said[1]
    assert "root:" not in "".join(said)


def test_the_tools_want_the_token_too(server: Server) -> None:
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    reply = server.without_token().request(
        "POST", "/mcp", body, {"Accept": "application/json, text/event-stream"}
    )
    assert (reply.status, reply.code) == (401, "invalid_api_key")


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"\xff", b'{"jsonrpc":"2.0","id":1,"method":"files/read"}']
)
def test_what_is_no_call_is_refused(server: Server, body: bytes) -> None:
    headers = {"Accept": "application/json, text/event-stream", "Content-Type": "application/json"}
    reply = server.request("POST", "/mcp", body, headers)
    assert 400 <= reply.status < 500 or "error" in reply.json
    assert server.get("/readyz").status == 200
