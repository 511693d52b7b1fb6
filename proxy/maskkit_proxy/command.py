"""maskkit proxy: run the proxy, check its configuration."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from maskkit.cli.options import KeysetOption, open_keyset
from maskkit.cli.terminal import note
from maskkit.errors import UsageError

if TYPE_CHECKING:
    from maskkit.keys.keyset import Keyset
    from maskkit_proxy.config.model import Config

app: Final = typer.Typer(
    help="Serve masked answers in front of a case database.", invoke_without_command=True, rich_markup_mode=None
)
_KEY_VARIABLE: Final = "MASKKIT_API_KEY"


@app.callback()
def proxy(
    context: typer.Context,
    upstream: Annotated[str | None, typer.Option("--upstream", metavar="URL", help="The service behind it.")] = None,
    policy: Annotated[str, typer.Option("--policy", metavar="NAME|FILE", help="What is masked how.")] = "agency",
    config: Annotated[
        Path | None, typer.Option("--config", metavar="FILE", help="All of it in a file; see proxy.example.yaml.")
    ] = None,
    host: Annotated[str, typer.Option("--host", metavar="HOST", help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", metavar="PORT", help="The port to listen on.")] = 8080,
    probe: Annotated[
        str | None, typer.Option("--probe", metavar="HOST:PORT", help="Where /healthz, /readyz and /metrics are.")
    ] = None,
    allow: Annotated[
        list[str] | None, typer.Option("--allow", metavar="'POST /path'", help="Serve POST there too; repeatable.")
    ] = None,
    api_key: Annotated[
        str | None,
        typer.Option(
            "--api-key", metavar="KEY", help=f"The key of the client; default: {_KEY_VARIABLE}, or a new one."
        ),
    ] = None,
    tenant: Annotated[
        str, typer.Option("--tenant", metavar="T", help="The agency whose tokens these are.")
    ] = "default",
    keyset: KeysetOption = None,
) -> None:
    """Run the proxy: with a file, or for a try with --upstream."""
    if context.invoked_subcommand is not None:
        return
    if (upstream is None) == (config is None):
        raise UsageError(
            "either --upstream URL or --config FILE", hint="maskkit proxy --upstream http://127.0.0.1:8001"
        )
    run = _run()
    if config is not None:
        from maskkit_proxy.config.load import load_config

        loaded = load_config(config)
        run(loaded, open_keyset(keyset or loaded.keyset), lambda: load_config(config))
        return
    from maskkit.keys import store
    from maskkit.keys.keyset import Keyset
    from maskkit.policy import load_policy
    from maskkit_proxy.clients import new_api_key
    from maskkit_proxy.quick import quick_config

    given = api_key or os.environ.get(_KEY_VARIABLE)
    key = given or new_api_key()
    assert upstream is not None
    made = quick_config(
        upstream,
        load_policy(policy),
        api_key=key,
        tenant=tenant,
        allow=allow or (),
        listen=(host, port),
        probe=_address(probe) if probe else None,
    )
    if keyset is not None or store.default_path().exists():
        keys = open_keyset(keyset)
    else:
        keys = Keyset.create()
        note("no keyset: this one is gone when the proxy stops, and its tokens with it", "maskkit keys create")
    note("rate and person limits are off in this form; --config has them")
    if given is None:
        note(f"API key of this run: {key}")
    note(f"http://{host}:{port} serves {upstream} masked by {made.routes[-1].policy.name}; ctrl-c stops it")
    run(made, keys, None)


def _run() -> Callable[[Config, Keyset, Callable[[], Config] | None], None]:
    """Return what serves; UsageError with the command that installs it where the extra is missing."""
    try:
        from maskkit_proxy.serve import run
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in ("maskkit", "maskkit_proxy"):
            raise
        raise UsageError("the proxy is not installed", hint='pip install "maskkit[proxy]"') from None
    return run


@app.command()
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The configuration.")],
    against: Annotated[
        Path | None,
        typer.Option("--against", metavar="CAPTURE.json", help="Answers of the upstream: what matches them?"),
    ] = None,
) -> None:
    """Explain every error of a configuration with its line and path."""
    _run()
    from maskkit_proxy.config.against import check_against
    from maskkit_proxy.config.load import check_config, load_config

    problems = check_config(file)
    if against is not None and not problems:
        problems = check_against(load_config(file), against)
    for problem in problems:
        typer.echo(problem, err=True)
    if problems:
        raise typer.Exit(1)
    note(f"{file} is right")


@app.command()
def key() -> None:
    """Print a new API key, for the client, and its SHA-256, for the configuration."""
    from maskkit_proxy.clients import key_sha256, new_api_key

    made = new_api_key()
    typer.echo(f"key     {made}\nsha256  {key_sha256(made)}")


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65535:
        raise UsageError("--probe takes HOST:PORT", hint="as in --probe 127.0.0.1:9090")
    return host.strip("[]"), int(port)
