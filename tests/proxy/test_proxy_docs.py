"""The documents of the proxy are true."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
PROXY = ROOT / "proxy"


def test_every_reason_is_documented_and_no_other() -> None:
    """The table of reasons in the README has exactly those that the code gives."""
    code = "\n".join(path.read_text(encoding="utf-8") for path in (PROXY / "maskkit_proxy").rglob("*.py"))
    given = set(re.findall(r'RefusedError\(\s*\d{3},\s*"(\w+)"', code))
    readme = (PROXY / "README.md").read_text(encoding="utf-8")
    table = readme.partition("| status | reasons |")[2].partition("\n\n")[0]
    said = set(re.findall(r"`(\w+)`", table))
    helpers = {"malformed_request", "malformed_json", "charset", "token_only"}  # raised through a helper
    assert given | helpers == said | {"client_gone"}


def test_what_is_deployed_can_be_read() -> None:
    """Compose and Kubernetes files are YAML, and never publish the probe to agencies."""
    compose = yaml.safe_load((PROXY / "compose.yaml").read_text(encoding="utf-8"))
    assert not any("9090" in port for port in compose["services"]["proxy"]["ports"])
    kinds = [part["kind"] for part in yaml.safe_load_all((PROXY / "kubernetes.yaml").read_text(encoding="utf-8"))]
    assert kinds == ["Deployment", "Service", "NetworkPolicy", "NetworkPolicy"]


def test_links_lead_somewhere() -> None:
    """Relative links of the README and of the page about limits exist."""
    for page in (PROXY / "README.md", ROOT / "docs" / "explanation" / "limits.md"):
        for link in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / link).exists(), link
