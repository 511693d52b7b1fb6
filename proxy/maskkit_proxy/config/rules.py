"""Rules of a route in the shape that policy files have, put on top of the route's policy."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import yaml

from maskkit.policy import Action, Policy
from maskkit.policy.model import FieldRule
from maskkit.policy.read import ALL_ENTITIES, REST, Layer, Reader, Wanted
from maskkit.policy.source import Source

#: What a route may say of a policy's own keys.
POLICY_KEYS: Final = ("fields", "entities")


def with_rules(policy: Policy, node: yaml.Node, source: Source, where: str) -> Policy:
    """Return the policy with a route's `fields` and `entities` before its own; mistakes go to the source."""
    pairs = [
        (key, value)
        for key, value in (node.value if isinstance(node, yaml.MappingNode) else ())
        if isinstance(key, yaml.ScalarNode) and key.value in POLICY_KEYS
    ]
    if not pairs:
        return policy
    own = yaml.MappingNode(node.tag, pairs, node.start_mark, node.end_mark)
    layer = Reader(source).layer(own, where)
    return _laid_on(policy, layer)


def _laid_on(policy: Policy, layer: Layer) -> Policy:
    beside = any(action.token_field for action in policy.entities.values())

    def action(wanted: Wanted) -> Action:
        if wanted.action.operator != "mask":
            return wanted.action
        return replace(wanted.action, token_field=beside if wanted.token_field is None else wanted.token_field)

    said = dict.fromkeys(ALL_ENTITIES, layer.entities[REST]) if REST in layer.entities else {}
    said |= {entity: wanted for entity, wanted in layer.entities.items() if entity != REST}
    rules = [
        FieldRule(rule.names, rule.entity, action(rule.wanted) if rule.wanted else None, rule.scan)
        for rule in layer.fields
    ]
    return replace(
        policy,
        entities={**policy.entities, **{entity: action(wanted) for entity, wanted in said.items()}},
        fields=(*rules, *policy.fields),
        audiences={name: _laid_on(audience, layer) for name, audience in policy.audiences.items()},
    )
