"""A model behind HTTP: what is sent, what is read, how it is stopped, and every way it can go wrong."""

import contextlib
import itertools
import json
import re
import socket
import threading
import time
from collections.abc import Iterator
from string import Formatter

import pytest

from rag.errors import ModelError
from rag.llm.backend import Message, Stop
from rag.llm.server import ServerBackend
from rag.llm.troubles import _TROUBLES
from tests.model_server import Asked, event, model_server, saying, sending

HELLO = (Message("system", "守则"), Message("user", "问：“北京”？"))


def ask(backend: ServerBackend) -> str:
    return "".join(piece.text for piece in backend.stream(HELLO, 50, Stop()))


def fail(say: object, silence: float = 5.0, **settings: object) -> str:
    """What is said in English when a server that behaves like this is asked; in Chinese it is said in Chinese only."""
    with model_server(say, **settings) as server, pytest.raises(ModelError) as caught:  # type: ignore[arg-type]
        ask(ServerBackend(server.address, "small", silence=silence))
    assert re.search("[\u4e00-\u9fff]", caught.value.tell("zh"))
    assert caught.value.tell("en") == str(caught.value)
    return str(caught.value).replace(server.address, "ADDRESS")


def test_the_text_comes_piece_by_piece_and_the_request_is_openais() -> None:
    with model_server(saying("森林覆盖率63.1%[1]。", size=2)) as server:
        backend = ServerBackend(server.address, "small", key="secret")
        pieces = [piece.text for piece in backend.stream(HELLO, 50, Stop()) if piece.text]
    assert pieces == ["森林", "覆盖", "率6", "3.", "1%", "[1", "]。"]
    assert server.asked == [
        {
            "model": "small",
            "messages": [
                {"role": "system", "content": "守则"},
                {"role": "user", "content": "问：“北京”？"},
            ],
            "max_tokens": 50,
            "temperature": 0,
            "seed": 0,
            "stream": True,
        }
    ]
    assert server.keys == ["Bearer secret"]
    assert backend.name == f"small (127.0.0.1:{server.address.split(':')[2][:-3]})"


def test_without_a_name_the_first_model_of_the_server_is_asked() -> None:
    with model_server(saying("好"), models=("first", "second")) as server:
        assert ask(ServerBackend(server.address)) == "好"
    assert server.asked[0]["model"] == "first"


def test_a_server_without_a_model_says_so() -> None:
    with model_server(saying("好"), models=()) as server, pytest.raises(ModelError, match="offers no model"):
        ask(ServerBackend(server.address))


@pytest.mark.parametrize("path", ["", "/", "/v1", "/v1/", "/v1/chat/completions"])
def test_an_address_may_be_given_in_many_ways(path: str) -> None:
    with model_server(saying("好")) as server:
        assert ask(ServerBackend(server.address.removesuffix("/v1") + path, "small")) == "好"


@pytest.mark.parametrize("address", ["ftp://127.0.0.1", "http://", "http://127.0.0.1:port/v1"])
def test_an_address_that_is_none_is_refused_at_once(address: str) -> None:
    with pytest.raises(ModelError, match="is not the address of a model server"):
        ServerBackend(address)


def test_a_server_that_does_not_stream_is_read_whole() -> None:
    body = json.dumps({"choices": [{"message": {"content": "全部"}}]}).encode()
    with model_server(sending(body), kind="application/json") as server:
        assert ask(ServerBackend(server.address, "small")) == "全部"


def test_comments_empty_deltas_and_a_last_event_that_counts_are_passed_over() -> None:
    pieces = (b": wait\n\n", event(), event("好"), event(finish="stop"), b'data: {"choices": []}\n\n')
    with model_server(sending(*pieces)) as server:
        assert ask(ServerBackend(server.address, "small")) == "好"


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (401, b"", "ADDRESS wants a key (401). Set it in the environment: GANWEN_LLM_KEY"),
        (404, b'{"error": {"message": "model not found"}}', "no model small (404: model not found)"),
        (500, b'{"error": "out of memory"}', "failed (500: out of memory)"),
        (503, b"<html>Bad gateway</html>", "failed (503). See the server's own log."),
        (302, b"", "points elsewhere (302)"),
        (400, b"context too long\n\x1b[31m", "did not take the question (400: context too long [31m)"),
    ],
)
def test_a_status_is_said_with_what_to_do(status: int, body: bytes, said: str) -> None:
    assert said in fail(sending(body), status=status)


def test_a_web_page_is_no_model() -> None:
    assert "answered with a web page" in fail(sending(b"<html></html>"), kind="text/html")


@pytest.mark.parametrize(
    ("pieces", "said"),
    [
        ((event("好"), b'data: {"cho'), "broke off in the middle of a line"),
        ((event("好"),), "broke off before the end of its answer"),
        ((), "broke off before the end of its answer"),
        ((b"data: {not json}\n\n",), "does not answer the way OpenAI's chat interface does"),
        ((b"data: [1]\n\n",), "does not answer the way OpenAI's chat interface does"),
        ((b'data: {"choices": [{}]}\n\n',), "does not answer the way OpenAI's chat interface does"),
        ((b'data: {"error": {"message": "GPU lost"}}\n\n',), "failed: GPU lost"),
        ((b"data: " + b"x" * (1 << 21),), "broke off in the middle of a line"),
    ],
)
def test_a_stream_that_breaks_is_said(pieces: tuple[bytes, ...], said: str) -> None:
    assert said in fail(sending(*pieces))


def test_json_that_is_no_answer_is_said() -> None:
    assert "does not answer the way" in fail(sending(b'{"hello": 1}'), kind="application/json")


def test_nothing_at_the_address_is_said_with_what_to_do() -> None:
    with pytest.raises(
        ModelError, match=r"Nothing answers at http://127\.0\.0\.1:9/v1\. Start the model server"
    ):
        ask(ServerBackend("http://127.0.0.1:9/v1", "small"))


def test_a_server_that_says_nothing_is_given_up() -> None:
    def hang(_: Asked) -> Iterator[bytes]:
        time.sleep(3)
        yield event("太晚")

    started = time.perf_counter()
    assert "said nothing for 0.3 s" in fail(hang, silence=0.3)
    assert time.perf_counter() - started < 2


def endless(_: Asked) -> Iterator[bytes]:
    for number in itertools.count():
        yield event(f"第{number}句。")
        time.sleep(0.005)


def test_stop_ends_the_stream_and_the_server_sees_it() -> None:
    with model_server(endless) as server:
        stop = Stop()
        threading.Timer(0.2, stop.set).start()
        said = "".join(piece.text for piece in ServerBackend(server.address, "small").stream(HELLO, 50, stop))
        assert said.startswith("第0句。")
        assert server.gone.wait(2)


def test_stop_ends_the_wait_for_a_first_word() -> None:
    release = threading.Event()

    def hang(_: Asked) -> Iterator[bytes]:
        release.wait(5)
        yield event("太晚")

    with model_server(hang) as server:
        stop = Stop()
        threading.Timer(0.1, stop.set).start()
        started = time.perf_counter()
        assert list(ServerBackend(server.address, "small").stream(HELLO, 50, stop)) == []
        assert time.perf_counter() - started < 1
        release.set()


def test_a_reader_that_goes_away_hangs_up() -> None:
    with model_server(endless) as server:
        stream = ServerBackend(server.address, "small").stream(HELLO, 50, Stop())
        next(stream)
        stream.close()  # type: ignore[attr-defined]
        assert server.gone.wait(2)


def test_stop_works_though_nobody_reads_any_more() -> None:
    """A page that was closed leaves its stream where it was; its stop must reach the server all the same."""
    with model_server(endless) as server:
        stop = Stop()
        stream = ServerBackend(server.address, "small").stream(HELLO, 50, stop)
        next(stream)
        stop.set()
        assert server.gone.wait(2)
        assert list(stream) == []


def test_what_is_given_to_a_stop_that_is_set_is_called_at_once() -> None:
    stop, called = Stop(), []
    stop.then(lambda: called.append(1))
    assert called == []
    stop.set()
    stop.set()
    stop.then(lambda: called.append(2))
    assert called == [1, 2]


def test_a_server_that_is_only_still_at_work_is_given_up_at_last(monkeypatch: pytest.MonkeyPatch) -> None:
    def breathe(_: Asked) -> Iterator[bytes]:
        while True:
            yield b": wait\n\n"
            time.sleep(0.02)

    monkeypatch.setattr("rag.llm.backend.PATIENCE", 2)
    assert "said nothing for 2 s" in fail(breathe, silence=1.0)


def test_a_list_of_models_that_never_ends_is_given_up() -> None:
    def drip(listener: socket.socket) -> None:
        line, _ = listener.accept()
        with line, contextlib.suppress(OSError):
            line.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
            while True:
                line.sendall(b" ")
                time.sleep(0.02)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=drip, args=(listener,), daemon=True).start()
        started = time.perf_counter()
        with pytest.raises(ModelError, match="took too long to answer"):
            ServerBackend(f"http://127.0.0.1:{listener.getsockname()[1]}").list_models(0.3)
        assert time.perf_counter() - started < 2


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (b"SSH-2.0-OpenSSH_9.6\r\n", "does not speak HTTP"),
        (b"", "hung up"),
        (b"HTTP/1.1 2", "does not speak HTTP"),
    ],
)
def test_what_is_no_web_server_is_said(sent: bytes, said: str) -> None:
    def answer(listener: socket.socket) -> None:
        line, _ = listener.accept()
        with line:
            line.recv(65536)
            line.sendall(sent)
            line.shutdown(socket.SHUT_WR)
            while line.recv(65536):  # closed with something unread, it would be a reset instead of an end
                pass

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=answer, args=(listener,), daemon=True).start()
        with pytest.raises(ModelError, match=said):
            ask(ServerBackend(f"http://127.0.0.1:{listener.getsockname()[1]}", "small"))


def test_other_breaks_are_said() -> None:
    with (
        model_server(saying("好")) as server,
        pytest.raises(ModelError, match="No secure connection to https"),
    ):
        ask(ServerBackend(server.address.replace("http", "https", 1), "small"))
    with pytest.raises(ModelError, match="Check the address"):
        ask(ServerBackend("http://no-such-host.invalid:8080/v1", "small"))


def test_stop_ends_the_wait_for_a_server_that_takes_no_call() -> None:
    """A listener with a full backlog lets nobody in; whoever stops need not wait until that is given up."""
    with socket.socket() as listener, contextlib.ExitStack() as lines:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            line = lines.enter_context(socket.socket())
            line.setblocking(False)
            line.connect_ex(listener.getsockname())
        stop = Stop()
        threading.Timer(0.2, stop.set).start()
        started = time.perf_counter()
        backend = ServerBackend(f"http://127.0.0.1:{listener.getsockname()[1]}", "small")
        assert list(backend.stream(HELLO, 50, stop)) == []
        assert time.perf_counter() - started < 2


def test_every_trouble_is_said_in_either_language_with_the_same_values() -> None:
    for chinese, english in _TROUBLES.values():
        fields = [
            {field for _, field, _, _ in Formatter().parse(text) if field} for text in (chinese, english)
        ]
        assert fields[0] == fields[1]
        assert re.search("[\u4e00-\u9fff]", chinese)
        assert not re.search("[\u3000-\u9fff]", english)
