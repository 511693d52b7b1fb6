"""HashiCorp Vault's Transit engine (and OpenBao's, which has the same HTTP API) as the KMS of a keyset.

``POST /v1/MOUNT/encrypt/KEY`` and ``…/decrypt/KEY``. The address and the token come from the environment alone, as for
Vault's own command: a file could name a server that only collects tokens.
"""

from __future__ import annotations

import base64
import ipaddress
import json
import os
import re
from http.client import HTTPException
from typing import IO, Any, Final, NoReturn, Self
from urllib import request
from urllib.error import HTTPError
from urllib.parse import urlsplit

from maskkit.errors import KeysetError, UsageError
from maskkit.keys.kms import VAULT

_DEFAULT_MOUNT: Final = "transit"
_PATH: Final = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*", re.ASCII)
_SECONDS: Final = 10
_MAX_ANSWER: Final = 1 << 16

#: What a status of Vault's means here, and what helps.
_REFUSALS: Final = {
    400: ("does not open this keyset, or has no such key", "is it the server and the key that sealed it?"),
    403: ("refuses the token", "VAULT_TOKEN, with a policy that may update MOUNT/encrypt/KEY and MOUNT/decrypt/KEY"),
    404: ("has no transit engine there", "vault secrets enable transit"),
    503: ("is sealed", "vault operator unseal"),
}


class Transit:
    """A key of a Transit engine.

    `key` is ``KEY`` or ``MOUNT/KEY``; `cafile` is the certificate authority of the server where it is not a public one.
    Raises UsageError for a name or address that cannot be, and for plain http to another machine.
    """

    def __init__(
        self, key: str, address: str, token: str, *, namespace: str | None = None, cafile: str | None = None
    ) -> None:
        path = key if "/" in key else f"{_DEFAULT_MOUNT}/{key}"
        if not _PATH.fullmatch(path):
            raise UsageError("that is no name of a transit key", hint=f"{VAULT}:KEY or {VAULT}:MOUNT/KEY")
        if not token.isascii() or not token.isprintable():
            raise UsageError("VAULT_TOKEN is no token: it has characters that no token has")
        self._secure, self._local = _check_address(address)
        self._mount, _, self._key = path.rpartition("/")
        self._address = address.rstrip("/")
        self._headers = {"X-Vault-Token": token, "X-Vault-Request": "true", "Content-Type": "application/json"}
        if namespace:
            self._headers["X-Vault-Namespace"] = namespace
        self._cafile = cafile

    @classmethod
    def from_environment(cls, key: str) -> Self:
        """Return a key of the server in VAULT_ADDR, as VAULT_TOKEN, VAULT_NAMESPACE and VAULT_CACERT say."""
        address, token = os.environ.get("VAULT_ADDR"), os.environ.get("VAULT_TOKEN")
        if not address or not token:
            raise UsageError(
                "the keyset is sealed by Vault, and there is no address or no token",
                hint="set VAULT_ADDR and VAULT_TOKEN",
            )
        return cls(
            key, address, token, namespace=os.environ.get("VAULT_NAMESPACE"), cafile=os.environ.get("VAULT_CACERT")
        )

    @property
    def name(self) -> str:
        """``vault-transit:MOUNT/KEY``."""
        return f"{VAULT}:{self._mount}/{self._key}"

    def wrap(self, key: bytes) -> bytes:
        """Return the ciphertext of `key`, ``vault:v1:…``."""
        return self._post("encrypt", "ciphertext", {"plaintext": base64.b64encode(key).decode("ascii")}).encode("ascii")

    def unwrap(self, wrapped: bytes) -> bytes:
        """Return the key in a ciphertext of `wrap`; KeysetError where Vault does not give it."""
        try:
            return base64.b64decode(
                self._post("decrypt", "plaintext", {"ciphertext": wrapped.decode("ascii")}), validate=True
            )
        except ValueError:
            raise self._odd() from None

    def _post(self, action: str, wanted: str, body: dict[str, str]) -> str:
        asked = request.Request(  # noqa: S310 - the scheme was checked
            f"{self._address}/v1/{self._mount}/{action}/{self._key}", json.dumps(body).encode(), self._headers
        )
        try:
            with self._opener().open(asked, timeout=_SECONDS) as answer:
                found = json.loads(answer.read(_MAX_ANSWER))["data"][wanted]
        except HTTPError as error:
            error.close()
            why, hint = _REFUSALS.get(error.code, (f"answers with status {error.code}", None))
            raise KeysetError(f"{self._who()} {why}", hint=hint) from None
        except (OSError, HTTPException) as error:  # URLError is an OSError with the real one inside
            reason = getattr(error, "reason", error)
            raise KeysetError(
                f"{self._who()} cannot be reached: {getattr(reason, 'strerror', None) or type(reason).__name__}",
                hint="is VAULT_ADDR right? a certificate of your own goes into VAULT_CACERT",
            ) from None
        except (ValueError, KeyError, TypeError):
            raise self._odd() from None
        if not isinstance(found, str) or not found.isascii():
            raise self._odd()
        return found

    def _opener(self) -> request.OpenerDirector:
        handlers: list[request.BaseHandler] = [_NoRedirect()]
        if self._local:
            handlers.append(request.ProxyHandler({}))
        if self._secure:
            import ssl

            handlers.append(request.HTTPSHandler(context=ssl.create_default_context(cafile=self._cafile)))
        return request.build_opener(*handlers)

    def _who(self) -> str:
        return f"vault at {urlsplit(self._address).netloc}"

    def _odd(self) -> KeysetError:
        return KeysetError(f"{self._who()} gives no answer of Vault's")

    def __repr__(self) -> str:
        return f"Transit({self.name!r})"

    def __reduce__(self) -> NoReturn:
        raise KeysetError("a KMS with its token cannot be pickled or copied")


class _NoRedirect(request.HTTPRedirectHandler):
    """Follows nothing: the token would go along to wherever the answer points."""

    def redirect_request(
        self, req: request.Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> None:
        return None


def _check_address(address: str) -> tuple[bool, bool]:
    """Return whether a server is spoken to by https, and whether it is on this machine."""
    try:
        url = urlsplit(address)
        host, _ = url.hostname, url.port
    except ValueError:
        host = None
    if not host or url.scheme not in ("http", "https") or url.username or url.query or url.fragment:
        raise UsageError("VAULT_ADDR is no address of a server", hint="as in https://vault.example.com:8200")
    try:
        local = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = False
    if url.scheme == "http" and not local:
        raise UsageError("VAULT_ADDR is http: the token and the key would travel in the clear", hint="use https")
    return url.scheme == "https", local
