"""Content types, told and looked at: types lie, so text is taken as JSON where it is JSON."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from maskkit_proxy.errors import RefusedError

_TYPE: Final = re.compile(r"\s*([A-Za-z0-9!#$&^_.+-]{1,60}/[A-Za-z0-9!#$&^_.+-]{1,80})\s*(;.*)?", re.DOTALL)
_PARAMETER: Final = re.compile(r';\s*([A-Za-z0-9!#$&^_.+-]+)\s*=\s*(?:"([^"\\]*)"|([^;"\s]*))\s*')


class Media(NamedTuple):
    """A media type in lower case and the charset that it names."""

    type: str
    charset: str | None

    @property
    def is_json(self) -> bool:
        """Tell whether it says JSON (RFC 8259, RFC 6839)."""
        return self.type in ("application/json", "text/json") or self.type.endswith("+json")


def read_media(values: list[str]) -> Media | None:
    """Return the one Content-Type of an answer, None for none; RefusedError (502) for two or for what is none."""
    if not values:
        return None
    found = _TYPE.fullmatch(values[0]) if len(values) == 1 else None
    if found is None:
        raise RefusedError(502, "unsupported_type", "two content types, or none that can be read")
    parameters = found[2] or ""
    read = list(_PARAMETER.finditer(parameters))
    charsets = [m[2] if m[2] is not None else m[3] for m in read if m[1].lower() == "charset"]
    if "".join(m[0] for m in read).strip() != parameters.strip() or len(charsets) > 1:
        raise RefusedError(502, "unsupported_type", "parameters of the content type")
    return Media(found[1].lower(), charsets[0] if charsets else None)
