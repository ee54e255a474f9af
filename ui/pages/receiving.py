"""Requests as they come in: a file of a form within its limit, a small JSON object, each cut off early when it is too much."""

import asyncio
import json
from collections.abc import AsyncGenerator
from typing import Any

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request

from ui.pages.refusal import Refused

FORM_BYTES = 16_384
"""What a form adds to the file in it: borders, names, headers."""
JSON_BYTES = 16_384
QUIET_SECONDS = 30
"""A sender that says nothing for so long is given up."""


async def receive_file(request: Request, max_file_mb: float) -> UploadFile:
    """The one file of a multipart form; the caller closes it.

    Raises Refused: too long (413, before more of it is read), too slow (408), or no such form (400).
    """
    if not _content_type(request).startswith("multipart/form-data"):
        raise Refused("bad_form", 415)
    limit = round(max_file_mb * 2**20) + FORM_BYTES
    _check_length(request, limit, max_file_mb)
    parser = MultiPartParser(
        request.headers,
        _limited(request, limit, max_file_mb),
        max_files=1,
        max_fields=0,
        max_part_size=FORM_BYTES,
    )
    try:
        form = await parser.parse()
    except MultiPartException as error:
        raise Refused("bad_form", 400) from error
    files = [value for value in form.values() if isinstance(value, UploadFile)]
    if not files:
        raise Refused("bad_form", 400)
    return files[0]


async def receive_object(request: Request, limit: int = JSON_BYTES) -> dict[str, Any]:
    """The JSON object of a request. Raises Refused unless it is one, of at most `limit` bytes."""
    if _content_type(request) != "application/json":
        raise Refused("bad_json", 415)
    limit_mb = limit / 2**20
    _check_length(request, limit, limit_mb)
    data = b"".join([piece async for piece in _limited(request, limit, limit_mb)])
    try:
        value = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise Refused("bad_json", 400) from error
    if not isinstance(value, dict):
        raise Refused("bad_json", 400)
    return value


def text_of(value: dict[str, Any], name: str) -> str:
    """A text of an object that was received. Raises Refused where there is none."""
    text = value.get(name)
    if not isinstance(text, str):
        raise Refused("bad_json", 400)
    return text


def _content_type(request: Request) -> str:
    return request.headers.get("content-type", "").split(";")[0].strip().lower()


def _check_length(request: Request, limit: int, limit_mb: float) -> None:
    """Refuse by the length that is announced, before anything is read."""
    announced = request.headers.get("content-length", "0")
    if not announced.isdecimal() or int(announced) > limit:
        raise Refused("too_large", 413, limit=limit_mb)


async def _limited(request: Request, limit: int, limit_mb: float) -> AsyncGenerator[bytes, None]:
    """The body as it comes, whatever length was announced."""
    length = 0
    stream = request.stream()
    while True:
        try:
            piece = await asyncio.wait_for(anext(stream), QUIET_SECONDS)
        except StopAsyncIteration:
            return
        except TimeoutError as error:
            raise Refused("too_slow", 408) from error
        except ClientDisconnect as error:
            raise Refused("bad_form", 400) from error
        length += len(piece)
        if length > limit:
            raise Refused("too_large", 413, limit=limit_mb)
        yield piece
