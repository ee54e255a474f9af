"""What is said to a request that is turned away: a status, a reason, and when to come again; programs get JSON."""

import json
import math
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is turned away. `code` is for programs and counts, `message` for people; `wait` is in seconds."""

    status: int
    code: str
    message: str
    wait: float = 0.0
    headers: tuple[tuple[bytes, bytes], ...] = field(default=())

    def response(self) -> tuple[list[tuple[bytes, bytes]], bytes]:
        """Headers and body, in the shape that OpenAI's interface has for errors."""
        kind = "server_error" if self.status >= 500 else "invalid_request_error"
        error = {"message": self.message, "type": kind, "param": None, "code": self.code}
        body = json.dumps({"error": error}, ensure_ascii=False).encode()
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"no-store"),
            *self.headers,
        ]
        if self.wait:
            headers.append((b"retry-after", str(math.ceil(self.wait)).encode()))
        return headers, body


UNSOUND = Refusal(
    400, "bad_head", "请求的地址或头部不成样子。 The path or the headers of the request make no sense."
)
HOST = Refusal(
    421, "wrong_host",
    "请用 http://127.0.0.1 或 http://localhost 打开；要用别的名字，先设置令牌。 This server answers to 127.0.0.1 and "
    "localhost only. To use another name, set a token (GANWEN_TOKEN).",
)  # fmt: skip
FOREIGN = Refusal(
    403, "cross_site", "别的网站不能替你操作这里。 Another site may not send this request for you."
)
NO_TOKEN = Refusal(
    401, "invalid_api_key",
    "需要令牌。 A token is needed: send `Authorization: Bearer TOKEN`, or open /login in a browser.",
    headers=((b"www-authenticate", b'Bearer realm="ganwen"'),),
)  # fmt: skip
CLOSED = Refusal(404, "not_found", "这里没有这一页。 There is nothing here.")
FAILED = Refusal(
    500, "internal_error", "程序出了意外，详情写在运行 ganwen serve 的窗口里。 Something went wrong; the window of "
    "ganwen serve says what.",
)  # fmt: skip
SLOW = Refusal(408, "too_slow", "请求来得太慢。 The request came too slowly.")


def too_large(most: int) -> Refusal:
    """A body of more bytes than are read."""
    said = f"{most / 2**20:g} MiB" if most >= 2**20 else f"{most:,} bytes"
    return Refusal(
        413, "too_large", f"内容太大，最多 {said}。 The body is too large; at most {said} are read."
    )


def too_many(wait: float) -> Refusal:
    """More requests than an address may send."""
    seconds = math.ceil(wait)
    return Refusal(
        429, "rate_limit_exceeded", f"请求太密，请 {seconds} 秒后再试。 Too many requests; try again in {seconds} s.",
        wait,
    )  # fmt: skip
