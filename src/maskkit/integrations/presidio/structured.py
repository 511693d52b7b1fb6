"""maskkit's operators in presidio-structured: every value keeps its place, and each is replaced exactly once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from maskkit.errors import InputError
from maskkit.integrations.extras import MissingExtraError
from maskkit.integrations.presidio.operators import operators
from maskkit.masker import Masker

try:
    from pandas import DataFrame
    from presidio_anonymizer.entities import OperatorConfig
    from presidio_anonymizer.operators import OperatorsFactory, OperatorType
    from presidio_structured import StructuredAnalysis
    from presidio_structured.data.data_processors import DataProcessorBase
except ImportError:
    raise MissingExtraError("presidio") from None

_Change = Callable[[str], str]


class _Processor(DataProcessorBase):
    """Finds the operator of each field, maskkit's among them, and checks its parameters once."""

    def __init__(self, masker: Masker) -> None:
        super().__init__()
        self._factory = OperatorsFactory()
        for kind in operators(masker):
            if kind().operator_type() is OperatorType.Anonymize:
                self._factory.add_anonymize_operator(kind)

    def _generate_operator_mapping(
        self, config: StructuredAnalysis, operators: dict[str, OperatorConfig]
    ) -> dict[str, _Change]:
        mapping = {}
        for field, entity in config.entity_mapping.items():
            wanted = operators.get(entity) or operators["DEFAULT"]
            operator = self._factory.create_operator_class(wanted.operator_name, OperatorType.Anonymize)
            params = {**wanted.params, "entity_type": entity}
            operator.validate(params=params)
            mapping[field] = self._create_operator_callable(operator, params)
        return mapping


class TableProcessor(_Processor):
    """For pandas: a new table; missing cells stay, whatever the index."""

    def _process(self, data: DataFrame, changes: Mapping[str, _Change]) -> DataFrame:
        if not isinstance(data, DataFrame):
            raise InputError(f"a table is a pandas DataFrame, not {type(data).__name__}")
        done = data.copy()
        for name, change in changes.items():
            if name not in done.columns:
                raise InputError("the analysis names a column that the table does not have")
            cells = [cell if _is_nothing(cell) else change(str(cell)) for cell in done[name]]
            done[name] = type(done[name])(cells, index=done.index, dtype=object)
        return done


class JsonProcessor(_Processor):
    """For dicts and lists: a new record; a path leads through lists into every item, which keeps its own value.

    A path that leads nowhere is an error: a field that was renamed would pass unmasked.
    """

    def _process(self, data: Any, changes: Mapping[str, _Change]) -> Any:
        if not isinstance(data, (dict, list)):
            raise InputError(f"a record is a dict or a list, not {type(data).__name__}")
        for path, change in changes.items():
            reached: list[bool] = []
            data = _changed(data, tuple(path.split(".")), change, reached)
            if not reached:
                raise InputError("a path of the analysis leads to no field of the record")
        return data


def _changed(node: Any, path: tuple[str, ...], change: _Change, reached: list[bool]) -> Any:
    """Return `node` with the values at `path` changed, and note in `reached` that there are any."""
    if isinstance(node, list):
        at = int(path[0]) if path and path[0].isdecimal() else None
        if at is None:
            return [_changed(item, path, change, reached) for item in node]
        return [_changed(item, path[1:], change, reached) if n == at else item for n, item in enumerate(node)]
    if path:
        if not isinstance(node, dict) or path[0] not in node:
            return node
        return node | {path[0]: _changed(node[path[0]], path[1:], change, reached)}
    reached.append(True)
    if isinstance(node, dict):
        raise InputError("a path of the analysis leads to an object, not to a value")
    return node if _is_nothing(node) else change(str(node))


def _is_nothing(value: Any) -> bool:
    """Tell whether a cell or field holds nothing: None, the empty string, a missing value that is not itself."""
    return value is None or value == "" or value != value or str(value) in ("<NA>", "NaT")
