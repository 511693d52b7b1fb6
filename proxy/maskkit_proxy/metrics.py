"""What Prometheus reads: counts and times, never a value."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from maskkit_proxy.exchange import Exchange

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class Metrics:
    """The figures of one process."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter("maskkit_requests", "Requests answered.", ["method", "status"], registry=self.registry)
        self._refusals = Counter(
            "maskkit_refusals", "Requests and answers refused.", ["reason"], registry=self.registry
        )
        self._masked = Counter("maskkit_fields_masked", "Values masked.", ["entity"], registry=self.registry)
        self._seconds = Histogram(
            "maskkit_request_seconds", "Time to answer.", registry=self.registry, buckets=_BUCKETS
        )
        self._upstream = Histogram(
            "maskkit_upstream_seconds", "Time that the upstream took.", registry=self.registry, buckets=_BUCKETS
        )
        self.active = Gauge("maskkit_requests_active", "Requests being worked on.", registry=self.registry)
        self._known: dict[tuple[str, int], Counter] = {}
        self._fields: dict[str, Counter] = {}

    def refused(self, reason: str) -> None:
        """Count a refusal."""
        self._refusals.labels(reason).inc()

    def answered(self, method: str, status: int, seconds: float, exchange: Exchange) -> None:
        """Count an answer."""
        counter = self._known.get((method, status))
        if counter is None:
            counter = self._known[method, status] = self._requests.labels(method, str(status))
        counter.inc()
        self._seconds.observe(seconds)
        if exchange.upstream_seconds:
            self._upstream.observe(exchange.upstream_seconds)
        for entity, number in exchange.masked.items():
            field = self._fields.get(entity)
            if field is None:
                field = self._fields[entity] = self._masked.labels(entity)
            field.inc(number)

    def text(self) -> bytes:
        """Return the figures as Prometheus reads them."""
        return generate_latest(self.registry)
