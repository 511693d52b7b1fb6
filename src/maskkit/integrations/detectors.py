"""The detector of a policy, as the integrations build it."""

from __future__ import annotations

from pathlib import Path

from maskkit.detection.detector import Detector, build_detector
from maskkit.policy import Policy, load_policy


def policy_detector(policy: str | Path | Policy, profile: str | None = None) -> Detector:
    """Return the detector with a policy's profile (or another), lists and choice of names."""
    loaded = policy if isinstance(policy, Policy) else load_policy(policy)
    return build_detector(
        profile=profile or loaded.profile,
        names=loaded.names,
        titles=loaded.titles,
        allow=loaded.allow,
        deny=loaded.deny,
    )
