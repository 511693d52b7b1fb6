"""The control plane: health, readiness and figures, on an address of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import FastAPI, Response
from pydantic import BaseModel

if TYPE_CHECKING:
    from maskkit_proxy.app import Proxy
    from maskkit_proxy.metrics import Metrics


class State(BaseModel):
    """How the process is."""

    status: str


def control_app(proxy: Proxy, metrics: Metrics) -> FastAPI:
    """Return the application behind the probe address."""
    app = FastAPI(title="maskkit proxy", docs_url=None, redoc_url=None)

    @app.get("/healthz")
    async def healthz() -> State:
        """Tell that the process runs."""
        return State(status="ok")

    @app.get("/readyz", responses={503: {"model": State, "description": "The process is draining."}})
    async def readyz(response: Response) -> State:
        """Tell whether requests are taken."""
        if not proxy.ready:
            response.status_code = 503
        return State(status="ready" if proxy.ready else "draining")

    @app.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
    async def figures() -> Response:
        """Return the figures for Prometheus."""
        return Response(metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")

    return app
