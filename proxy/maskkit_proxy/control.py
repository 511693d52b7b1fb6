"""The control plane: health, readiness and figures, on an address of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import FastAPI, Response
from pydantic import BaseModel

if TYPE_CHECKING:
    from maskkit_proxy.planes import DataPlane


class State(BaseModel):
    """How the process is."""

    status: str


def control_app(plane: DataPlane) -> FastAPI:
    """Return the application behind the probe address."""
    app = FastAPI(title="maskkit proxy", docs_url=None, redoc_url=None)

    @app.get("/healthz")
    async def healthz() -> State:
        """Tell that the process runs."""
        return State(status="ok")

    @app.get("/readyz", responses={503: {"model": State, "description": "The process is draining."}})
    async def readyz(response: Response) -> State:
        """Tell whether requests are taken."""
        if not plane.ready:
            response.status_code = 503
        return State(status="ready" if plane.ready else "draining")

    @app.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
    async def figures() -> Response:
        """Return the figures for Prometheus."""
        return Response(plane.metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")

    return app
