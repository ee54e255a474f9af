"""Errors of the interface, as OpenAI's tells them."""

import re
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from rag.errors import GanwenError, QuestionError
from ui.api.schemas import Error, ErrorDetail
from ui.guard.gate import Busy

_CHOICE = re.compile(r"\[|^(?:constrained-)?str$")
"""What stands in the place of an error for one of several types that a field may have."""
AGAIN_SECONDS = 5
"""When one who found the queue full may come again."""


class ApiError(Exception):
    """A request that cannot be answered as it stands."""

    def __init__(self, status: int, code: str, message: str, param: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.detail = ErrorDetail(
            message=message,
            type="server_error" if status >= 500 else "invalid_request_error",
            param=param,
            code=code,
        )


def translate(error: Exception) -> ApiError:
    """An error of the assistant as one of the interface."""
    match error:
        case ApiError():
            return error
        case Busy():
            return ApiError(503, "queue_full", str(error))
        case QuestionError():
            return ApiError(400, "bad_question", str(error), "messages")
        case GanwenError():
            return ApiError(503, "unavailable", str(error))
        case RequestValidationError():
            return _describe(error)
        case HTTPException():
            return ApiError(error.status_code, "bad_request", str(error.detail))
    return ApiError(500, "internal_error", "Something went wrong; the window of ganwen serve says what.")


def respond(error: ApiError) -> Response:
    """The response that tells it."""
    headers = {"Retry-After": str(AGAIN_SECONDS)} if error.status == 503 else None
    return JSONResponse(Error(error=error.detail).model_dump(), error.status, headers)


def _describe(error: RequestValidationError) -> ApiError:
    """The thing that is wrong deepest down: where, what, and never the value, which may be a question."""
    problem = max(error.errors(), key=lambda each: len(each["loc"]))
    place = ".".join(str(part) for part in problem["loc"][1:] if not _CHOICE.search(str(part)))
    if problem["type"] == "json_invalid":
        return ApiError(400, "invalid_json", f"The body is not JSON: {problem['ctx']['error']}.")
    where = f"{place}: " if place else "The body: "
    return ApiError(400, problem["type"], f"{where}{problem['msg']}.", place or None)


class ApiRoute(APIRoute):
    """A route whose errors have OpenAI's shape."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, its errors told."""
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                return await handle(request)
            except (ApiError, GanwenError, RequestValidationError, HTTPException) as error:
                return respond(translate(error))

        return answer
