"""The Masker: a policy, a keyset and a tenant, applied to texts, records, columns and tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

from maskkit.detection.detector import Detector, build_detector
from maskkit.errors import KeysetError, UsageError
from maskkit.keys.keyset import Keyset
from maskkit.masker import frames
from maskkit.masker.fields import FieldMasker
from maskkit.masker.kernel import Kernel
from maskkit.masker.records import mask_record
from maskkit.masker.restore import RestoreCount, merge_beside, restore_texts, token_pairs
from maskkit.masker.splice import inline_edits, splice
from maskkit.masker.table import ColumnPlan, TableMasker, plan_columns
from maskkit.model import ENTITIES, FIELD_ENTITIES, TextResult, UnmaskResult
from maskkit.operators.token import TokenOperator
from maskkit.policy import Policy, load_policy

DEFAULT_TENANT: Final = "default"

#: Cells of a column that are looked at to decide what it is.
SAMPLE: Final = 1000

ColumnT = TypeVar("ColumnT")
TableT = TypeVar("TableT")


class Masker:
    """Masks and unmasks with one policy, keyset and tenant.

    Args:
        policy: a named policy (``tokens``, ``agency``, ``display``, ``drop``), a policy file, or a loaded one.
        keyset: needed by policies that make tokens or hashes.
        tenant: who the masked data is for; each tenant has tokens of its own. Default: ``default``.
        audience: one of the policy's audiences.

    Raises:
        UsageError: an unknown policy or audience, or a policy that needs a tenant without one.
        PolicyError: a policy file that is wrong.
        KeysetError: a policy that needs a keyset without one.
    """

    def __init__(
        self,
        policy: str | Path | Policy = "tokens",
        *,
        keyset: Keyset | None = None,
        tenant: str | None = None,
        audience: str | None = None,
    ) -> None:
        loaded = policy if isinstance(policy, Policy) else load_policy(policy)
        self.policy = loaded.for_audience(audience) if audience is not None else loaded
        if tenant is None and self.policy.needs_tenant:
            raise UsageError(
                f"policy {self.policy.name} masks for an outside agency and needs a tenant",
                hint="--tenant NAME, or tenant=... in Python: the agency that gets the file",
            )
        self.tenant = tenant if tenant is not None else DEFAULT_TENANT
        if not self.tenant:
            raise UsageError("a tenant has a name")
        keys = keyset.for_tenant(self.tenant) if keyset is not None else None
        self.kernel = Kernel(self.policy, keys)
        self.detector: Detector = build_detector(
            profile=self.policy.profile,
            names=self.policy.names,
            titles=self.policy.titles,
            allow=self.policy.allow,
            deny=self.policy.deny,
        )

    def __repr__(self) -> str:
        return f"Masker(policy={self.policy.name!r}, tenant={self.tenant!r})"

    def text(self, text: str) -> TextResult:
        """Mask one text. ``spans`` are the findings in the input."""
        return self.texts([text])[0]

    def texts(self, texts: Sequence[str]) -> list[TextResult]:
        """Mask many texts, each on its own; far faster than one at a time."""
        spans = self.detector.detect_many(texts)
        edits = inline_edits(self.kernel, texts, spans, self.policy.action)
        return [
            TextResult(splice(text, row), tuple(found)) for text, row, found in zip(texts, edits, spans, strict=True)
        ]

    def record(self, record: Any) -> Any:
        """Mask a record of dicts, lists and scalars; the same shape comes out.

        A field is what the policy or its key says it is; every other string and number is searched. What the record's
        typed fields hold is also looked for in its texts. Where the policy wants the token beside, it stands in a key
        ``<key>_token`` right after the field's.
        """
        return mask_record(record, FieldMasker(self.policy, self.kernel, self.detector))

    def column(self, values: ColumnT, entity: str) -> ColumnT:
        """Mask a column of `entity`: a list, a pandas or polars Series or an Arrow array in, the same out.

        Name and index stay, None and NaN stay. A cell that holds nothing of the entity is replaced whole. Where the
        policy wants a token beside the display form, a cell is ``display(token)``.
        """
        if entity not in (*ENTITIES, *FIELD_ENTITIES):
            raise UsageError(f"{entity} is no entity", hint=f"one of {', '.join((*ENTITIES, *FIELD_ENTITIES))}")
        plan = ColumnPlan("", entity, self.policy.action(entity), "given")

        def change(cells: list[str]) -> Sequence[str | None]:
            return TableMasker([plan], self.kernel, self.detector, inline=True).mask({0: cells}).cells[0]

        return frames.map_column(values, change) if not plan.kept else values

    def table(self, table: TableT, *, columns: Mapping[str, str] | None = None, strict: bool = False) -> TableT:
        """Mask a pandas or polars DataFrame or an Arrow table, deciding for each column as the CLI does.

        `columns` says what a column is: an entity, ``text`` or ``keep``. A column that holds tokens beside display
        forms comes right after its column, as ``<column>_token``. Raises UsageError where such a column is there
        already and, with `strict`, for a column that neither policy nor header rules name.
        """
        held = frames.columns_of(table)
        texts = {
            name: [frames.as_text(cell) or "" for cell in frames.cells_of(column)] for name, column in held.items()
        }
        plans = plan_columns(
            list(held),
            [cells[:SAMPLE] for cells in texts.values()],
            self.policy,
            self.detector,
            given=columns,
            strict=strict,
        )
        masker = TableMasker(plans, self.kernel, self.detector)
        done = masker.mask({j: texts[plan.name] for j, plan in enumerate(plans) if not plan.kept})
        out: dict[str, Any] = {}
        for j, plan in enumerate(plans):
            new = done.cells.get(j)
            column = held[plan.name]
            out[plan.name] = frames.replaced(column, new) if new is not None else column
            if plan.token_column is not None:
                out[plan.token_column] = frames.new_column(column, plan.token_column, done.beside[j])
        return frames.table_like(table, out)

    def unmask(self, text: str) -> UnmaskResult:
        """Turn every token of this tenant in a text back; what does not open stays and is counted as left."""
        count = RestoreCount()
        restored = restore_texts(self.tokens, [text], count)[0]
        return UnmaskResult(text if restored is None else restored, count.restored, count.left.total())

    def unmask_column(self, values: ColumnT) -> ColumnT:
        """Turn the tokens in a column back, wherever in a cell they stand; type, name and index stay."""
        return frames.map_column(values, lambda cells: restore_texts(self.tokens, cells, RestoreCount()))

    def unmask_table(self, table: TableT) -> TableT:
        """Turn the tokens in a table back; a column of tokens beside display forms goes."""
        held = frames.columns_of(table)
        names = list(held)
        texts = [[frames.as_text(cell) or "" for cell in frames.cells_of(column)] for column in held.values()]
        pairs = token_pairs(self.tokens, names, texts)
        out: dict[str, Any] = {}
        for j, (name, column) in enumerate(held.items()):
            if j in pairs:
                out[name] = frames.replaced(
                    column, merge_beside(self.tokens, texts[j], texts[pairs[j]], RestoreCount())
                )
            elif j not in pairs.values():
                out[name] = frames.replaced(column, restore_texts(self.tokens, texts[j], RestoreCount()))
        return frames.table_like(table, out)

    @property
    def tokens(self) -> TokenOperator:
        """The operator that makes and opens this tenant's tokens; KeysetError where there is no keyset."""
        if self.kernel.tokens is None:
            raise KeysetError("tokens need a keyset", hint="maskkit keys create")
        return self.kernel.tokens
