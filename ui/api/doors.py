"""Puts the interface on an application: its routes, what is said to anything else beneath them, and its description."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.routing import Route

from ui.api.asking import Asker
from ui.api.completions import build_router
from ui.api.failures import ApiError, respond
from ui.api.probes import build_probes
from ui.api.tools import PATH, Tools
from ui.service import Service

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def attach_api(app: FastAPI, service: Service) -> None:
    """Put the interface on an application, before anything that answers to every path."""
    asker = Asker(service)
    routers = (build_router(asker), build_probes(service))
    for router in routers:
        app.include_router(router)
    described = [route for router in routers for route in router.routes if isinstance(route, APIRoute)]
    description = _describe(described, has_token=service.settings.token is not None)

    async def describe(_: Request) -> Response:
        return JSONResponse(description)

    app.router.routes.append(Route("/openapi.json", describe))
    app.include_router(_refuse_others(described))
    _attach_tools(app, Tools(asker))


def _attach_tools(app: FastAPI, tools: Tools) -> None:
    """The tools, served as long as the application runs."""
    app.router.routes.append(Route(PATH, tools, methods=["GET", "POST", "DELETE"]))
    before = app.router.lifespan_context

    @asynccontextmanager
    async def run(app: FastAPI) -> AsyncIterator[Any]:
        async with tools.open(), before(app) as state:
            yield state

    app.router.lifespan_context = run


def _describe(routes: Iterable[APIRoute], has_token: bool) -> dict[str, Any]:
    """The description of these routes and no others."""
    from importlib.metadata import version

    described = get_openapi(
        title="赣问 Ganwen",
        version=version("ganwen"),
        description="Ask Chinese government reports; every line of an answer is cited.",
        routes=list(routes),
    )
    # FastAPI supposes its own shape of errors; ours have OpenAI's, and a status of their own.
    for path in described["paths"].values():
        for operation in path.values():
            operation["responses"].pop("422", None)
    for name in ("HTTPValidationError", "ValidationError"):
        described["components"]["schemas"].pop(name, None)
    if has_token:
        described["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        described["security"] = [{"token": []}]
    return described


def _refuse_others(described: Iterable[APIRoute]) -> APIRouter:
    """What any other method, and any other path beneath `/v1`, is told; else the page would answer."""
    router = APIRouter(include_in_schema=False)
    for route in described:
        allowed = frozenset(route.methods or ())
        router.add_api_route(route.path, _other_method(allowed), methods=sorted({*METHODS} - allowed))

    async def find_nothing(request: Request) -> Response:
        return respond(
            ApiError(
                404, "not_found", f"There is no {request.method} here. /openapi.json lists what there is."
            )
        )

    router.add_api_route("/v1/{path:path}", find_nothing, methods=list(METHODS))
    return router


def _other_method(allowed: frozenset[str]) -> Any:
    async def refuse(request: Request) -> Response:
        names = ", ".join(sorted(allowed))
        error = ApiError(405, "method_not_allowed", f"{request.method} is not answered here, but {names}.")
        response = respond(error)
        response.headers["Allow"] = names
        return response

    return refuse
