"""`/healthz`, `/readyz` and `/metrics`: whether the server lives, whether it can answer, and what it did."""

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from rag.errors import GanwenError
from ui.api import schemas
from ui.api.metrics import write_metrics
from ui.service import Service


def build_probes(service: Service) -> APIRouter:
    """The routes for those who watch over the server. None of them waits for an answer in the making."""
    router = APIRouter(tags=["Probes"])

    @router.get("/healthz", response_model=schemas.Health, summary="Whether the server lives")
    async def live() -> schemas.Health:
        return schemas.Health(status="ok")

    @router.get(
        "/readyz",
        response_model=schemas.Health,
        summary="Whether questions can be answered now",
        responses={503: {"model": schemas.Health, "description": "They cannot; `reason` says why."}},
    )
    async def ready() -> Response:
        reason = _find_hindrance(service)
        health = schemas.Health(status="unavailable" if reason else "ready", reason=reason)
        return JSONResponse(health.model_dump(), 503 if reason else 200)

    @router.get(
        "/metrics",
        response_class=PlainTextResponse,
        summary="Counts, for Prometheus",
        responses={401: {"model": schemas.Error, "description": "A token is needed."}},
    )
    async def measure() -> Response:
        return write_metrics(service)

    return router


def _find_hindrance(service: Service) -> str | None:
    """Why no question can be answered now; None when one can."""
    if service.gate.length >= service.gate.waiting > 0:
        return "queue_full"
    try:
        service.current.get().index.chunks([0])
    except IndexError:
        return "index_empty"
    except GanwenError:
        return "index_unusable"
    return None
