"""maskkit's operators for Presidio's engines: ``maskkit_mask`` and ``maskkit_token``, and the way back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar, Final

from presidio_anonymizer import AnonymizerEngine, DeanonymizeEngine
from presidio_anonymizer.entities import InvalidParamError
from presidio_anonymizer.operators import Operator, OperatorType

from maskkit.errors import InputError
from maskkit.masker import Masker
from maskkit.model import ENTITIES, FIELD_ENTITIES
from maskkit.policy import Action
from maskkit.tokens import OTHER

#: What Presidio's generic recognisers find, as maskkit calls it.
RENAMED: Final = {"CREDIT_CARD": "BANK_CARD", "LOCATION": "ADDRESS"}
_ENTITY: Final = "entity_type"


class _MaskkitOperator(Operator):
    """An operator with the policy's keys, made for one masker; it takes no parameters."""

    masker: ClassVar[Masker]
    NAME: ClassVar[str]
    TYPE: ClassVar[OperatorType] = OperatorType.Anonymize

    def operator_name(self) -> str:
        """Return what an OperatorConfig calls it."""
        return self.NAME

    def operator_type(self) -> OperatorType:
        """Return whether it anonymizes or turns back."""
        return self.TYPE

    def validate(self, params: dict[str, Any] | None = None) -> None:
        """Raise InvalidParamError for any parameter: what is done stands in the operator's name."""
        if set(params or ()) - {_ENTITY}:
            raise InvalidParamError(f"{self.NAME} takes no parameters")

    def _apply(self, text: str, params: dict[str, Any] | None, action: Action) -> str:
        entity = (params or {}).get(_ENTITY, "")
        entity = RENAMED.get(entity, entity)
        if entity not in (*ENTITIES, *FIELD_ENTITIES):
            entity = OTHER
        if action.operator == "token":
            action = replace(action, vault=self.masker.policy.action(entity).vault)
        return self.masker.kernel.apply([text], entity, action).shown[0]


class Mask(_MaskkitOperator):
    """``maskkit_mask``: the display mask of the value, 138****5678."""

    NAME = "maskkit_mask"

    def operate(self, text: str, params: dict[str, Any] | None = None) -> str:
        """Return the display mask of `text`."""
        return self._apply(text, params, Action("mask"))


class Token(_MaskkitOperator):
    """``maskkit_token``: a token of the masker's tenant."""

    NAME = "maskkit_token"

    def operate(self, text: str, params: dict[str, Any] | None = None) -> str:
        """Return a token for `text`; every character of it comes back."""
        return self._apply(text, params, Action("token"))


class TokenBack(_MaskkitOperator):
    """``maskkit_token`` of the DeanonymizeEngine: the value of a token."""

    NAME = Token.NAME
    TYPE = OperatorType.Deanonymize

    def operate(self, text: str, params: dict[str, Any] | None = None) -> str:
        """Return what the token stands for; InputError for one that does not open."""
        del params
        back = self.masker.unmask(text)
        if not back.restored or back.left:
            raise InputError("a token does not open: damaged, of another tenant, or of a key that is not here")
        return back.text


def operators(masker: Masker) -> list[type[Operator]]:
    """Return the operators with the keys of a masker, for `add_anonymizer` and `add_deanonymizer` of any engine."""
    return [_bound(kind, masker) for kind in (Mask, Token, TokenBack)]


def anonymizer_engine(masker: Masker) -> AnonymizerEngine:
    """Return an AnonymizerEngine that also knows ``maskkit_mask`` and ``maskkit_token``."""
    engine = AnonymizerEngine()
    for kind in (Mask, Token):
        engine.add_anonymizer(_bound(kind, masker))
    return engine


def deanonymize_engine(masker: Masker) -> DeanonymizeEngine:
    """Return a DeanonymizeEngine that turns the tokens of a masker's tenant back."""
    engine = DeanonymizeEngine()
    engine.add_deanonymizer(_bound(TokenBack, masker))
    return engine


def _bound(kind: type[_MaskkitOperator], masker: Masker) -> type[Operator]:
    """Return the operator for one masker: Presidio makes operators from classes, without arguments."""
    return type(kind.__name__, (kind,), {"masker": masker})
