"""Policies: what is done to which entity, field and column, for whom."""

from maskkit.operators.action import Action
from maskkit.policy.load import check_policy, load_policy
from maskkit.policy.model import FieldRule, Policy

__all__ = ["Action", "FieldRule", "Policy", "check_policy", "load_policy"]
