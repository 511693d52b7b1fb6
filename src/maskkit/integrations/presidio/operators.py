"""maskkit's operators for Presidio's engines: masks, tokens and surrogates, and the way back."""

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
from maskkit.tokens import OTHER, whole

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
        entity = _entity(params)
        if action.operator == "token":
            action = replace(action, vault=self._vaults(entity))
        return self.masker.kernel.apply([text], entity, action).shown[0]

    def _vaults(self, entity: str) -> bool:
        """Tell whether the policy vaults tokens of `entity`; of one that it does not know, whether it vaults any."""
        said = self.masker.policy.entities
        return any(action.vault for action in ([said[entity]] if entity in said else said.values()))

    def _opened(self, token: str) -> str:
        back = self.masker.unmask(token)
        if not back.restored or back.left:
            raise InputError("a token does not open: damaged, of another tenant, or of a key that is not here")
        return back.text


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


class Surrogate(_MaskkitOperator):
    """``maskkit_surrogate``: a number of the same form that is nobody's, for phones, resident IDs and bank cards."""

    NAME = "maskkit_surrogate"

    def operate(self, text: str, params: dict[str, Any] | None = None) -> str:
        """Return a surrogate of `text`, or a token where the format does not hold it."""
        return self.masker.surrogates([text], _entity(params))[0]


class TokenBack(_MaskkitOperator):
    """``maskkit_token`` of the DeanonymizeEngine: the value of a token."""

    NAME = Token.NAME
    TYPE = OperatorType.Deanonymize

    def operate(self, text: str, params: dict[str, Any] | None = None) -> str:
        """Return what the token stands for; InputError for one that does not open."""
        del params
        return self._opened(text)


class SurrogateBack(_MaskkitOperator):
    """``maskkit_surrogate`` of the DeanonymizeEngine: the value of a surrogate, or of the token in its place."""

    NAME = Surrogate.NAME
    TYPE = OperatorType.Deanonymize

    def operate(self, text: str, params: dict[str, Any] | None = None) -> str:
        """Return what the surrogate stands for; InputError for what is none, and for a token that does not open."""
        if whole(text) is not None:
            return self._opened(text)
        back = self.masker.unmask_surrogates([text], _entity(params))[0]
        if back is None:
            raise InputError("this is no surrogate: it was changed, or another operator made it")
        return back


_ANONYMIZERS: Final = (Mask, Token, Surrogate)
_DEANONYMIZERS: Final = (TokenBack, SurrogateBack)


def operators(masker: Masker) -> list[type[Operator]]:
    """Return the operators with the keys of a masker, for `add_anonymizer` and `add_deanonymizer` of any engine."""
    return [_bound(kind, masker) for kind in (*_ANONYMIZERS, *_DEANONYMIZERS)]


def anonymizer_engine(masker: Masker) -> AnonymizerEngine:
    """Return an AnonymizerEngine that also knows ``maskkit_mask``, ``maskkit_token`` and ``maskkit_surrogate``."""
    engine = AnonymizerEngine()
    for kind in _ANONYMIZERS:
        engine.add_anonymizer(_bound(kind, masker))
    return engine


def deanonymize_engine(masker: Masker) -> DeanonymizeEngine:
    """Return a DeanonymizeEngine that turns the tokens and surrogates of a masker's tenant back."""
    engine = DeanonymizeEngine()
    for kind in _DEANONYMIZERS:
        engine.add_deanonymizer(_bound(kind, masker))
    return engine


def _entity(params: dict[str, Any] | None) -> str:
    """Return the entity that Presidio says, as maskkit calls it."""
    entity: str = (params or {}).get(_ENTITY, "")
    entity = RENAMED.get(entity, entity)
    return entity if entity in (*ENTITIES, *FIELD_ENTITIES) else OTHER


def _bound(kind: type[_MaskkitOperator], masker: Masker) -> type[Operator]:
    """Return the operator for one masker: Presidio makes operators from classes, without arguments."""
    return type(kind.__name__, (kind,), {"masker": masker})
