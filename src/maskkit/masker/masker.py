"""The Masker: a policy, a keyset and a tenant, applied to texts, records, columns and tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from types import NoneType
from typing import TYPE_CHECKING, Any, Final, TypeVar

from maskkit.detection.detector import Detector, Recognizer, build_detector
from maskkit.errors import KeysetError, UsageError, as_said
from maskkit.keys.keyset import Keyset
from maskkit.masker import frames
from maskkit.masker.dataframes import mask_table, unmask_table
from maskkit.masker.fields import FieldMasker
from maskkit.masker.kernel import Kernel
from maskkit.masker.records import mask_record
from maskkit.masker.restore import RestoreCount, restore_texts
from maskkit.masker.reveals import Reveals
from maskkit.masker.splice import inline_edits, splice
from maskkit.masker.table import ColumnPlan, TableMasker
from maskkit.model import ENTITIES, FIELD_ENTITIES, TextResult, UnmaskResult
from maskkit.operators.token import TokenOperator
from maskkit.policy import Policy, load_policy
from maskkit.tokens import whole

if TYPE_CHECKING:
    from maskkit.operators.surrogate import SurrogateOperator

DEFAULT_TENANT: Final = "default"

ColumnT = TypeVar("ColumnT")
TableT = TypeVar("TableT")


class Masker:
    """Masks and unmasks with one policy, keyset and tenant.

    Args:
        policy: a named policy (``tokens``, ``agency``, ``display``, ``drop``), a policy file, or a loaded one.
        keyset: needed by policies that make tokens or hashes.
        tenant: who the masked data is for; each tenant has tokens of its own. Default: ``default``.
        audience: one of the policy's audiences.
        recognizers: finders of one's own beside maskkit's, such as those of `maskkit.integrations`.
        vault: where the values of vaulted tokens are: a file or a ``postgresql://`` address, opened once one is made or
            met. Default: the variable MASKKIT_VAULT, else ``vault.sqlite`` in the user's data folder.
        audit: where it is written what was turned back: a file, an SQLite file or a ``postgresql://`` address. Default:
            the variable MASKKIT_AUDIT, else ``audit.jsonl`` in the user's state folder.
        actor: who turns back; default: the user of the process.
        purpose: why.

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
        recognizers: Sequence[Recognizer] = (),
        vault: str | Path | None = None,
        audit: str | Path | None = None,
        actor: str | None = None,
        purpose: str = "",
    ) -> None:
        _check("policy", policy, (str, Path, Policy))
        _check("keyset", keyset, (Keyset, NoneType))
        _check("tenant", tenant, (str, NoneType))
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
        self.kernel = Kernel(self.policy, keys, vault)
        self._reveals = (
            Reveals(keyset, self.tenant, audit=audit, actor=actor, purpose=purpose) if keyset is not None else None
        )
        self.detector: Detector = build_detector(
            profile=self.policy.profile,
            names=self.policy.names,
            titles=self.policy.titles,
            allow=self.policy.allow,
            deny=self.policy.deny,
        )
        if recognizers:
            self.detector = self.detector.extended(recognizers)

    def __repr__(self) -> str:
        return f"Masker(policy={self.policy.name!r}, tenant={self.tenant!r})"

    def text(self, text: str) -> TextResult:
        """Mask one text. ``spans`` are the places in the input that were replaced."""
        return self.texts([text])[0]

    def texts(self, texts: Sequence[str]) -> list[TextResult]:
        """Mask many texts, each on its own; far faster than one at a time.

        Raises UsageError for what are no texts: one string, a missing value among them.
        """
        rows = [] if isinstance(texts, str) else list(texts)
        if isinstance(texts, str) or not set(map(type, rows)) <= {str}:
            raise UsageError(
                "texts are a sequence of str", hint="text() masks one; column() and table() know missing values"
            )
        spans = self.detector.detect_many(rows)
        kept = {entity for entity, action in self.policy.entities.items() if action.operator == "keep"}
        if kept:
            spans = [[span for span in found if span.entity not in kept] for found in spans]
        edits = inline_edits(self.kernel, rows, spans, self.policy.action)
        return [
            TextResult(splice(text, row), tuple(found)) for text, row, found in zip(rows, edits, spans, strict=True)
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
            raise UsageError(
                f"there is no entity {as_said(entity)}", hint=f"one of {', '.join((*ENTITIES, *FIELD_ENTITIES))}"
            )
        plan = ColumnPlan("", entity, self.policy.action(entity), "given")

        def change(cells: list[str]) -> Sequence[str | None]:
            return TableMasker([plan], self.kernel, self.detector, inline=True).mask({0: cells}).cells[0]

        return frames.map_column(values, change) if not plan.kept else values

    def table(self, table: TableT, *, columns: Mapping[str, str] | None = None, strict: bool = False) -> TableT:
        """Mask a pandas or polars DataFrame or an Arrow table, deciding for each column as the CLI does.

        `columns` says what a column is: an entity, ``text`` or ``keep``. A column that holds tokens beside display
        forms comes right after its column, as ``<column>_token``. The index of a pandas table stays as it is.

        Raises InputError where a column of tokens would take the name of another, for personal data in the index, for
        cells that are neither text nor numbers in a column that is not kept and, with `strict`, for a column that
        neither policy nor header rules name; UsageError where `columns` names one that is none.
        """
        return mask_table(table, self.kernel, self.detector, given=columns, strict=strict)

    def unmask(self, text: str) -> UnmaskResult:
        """Turn every token of this tenant in a text back; what does not open stays and is counted as left.

        It stands in the audit first: how many values of which entity, never one of them.

        Raises AuditError where that cannot be written, UsageError for what is no text: columns and tables have methods
        of their own.
        """
        if not isinstance(text, str):
            raise UsageError(
                f"unmask takes a text, not {type(text).__name__}", hint="unmask_column(values) or unmask_table(table)"
            )
        with self._turning_back() as count:
            restored = restore_texts(self.tokens, [text], count)[0]
        return UnmaskResult(text if restored is None else restored, count.restored, count.left.total())

    def unmask_column(self, values: ColumnT) -> ColumnT:
        """Turn the tokens in a column back, wherever in a cell they stand; type, name and index stay.

        What comes back stands in the audit first, as for `unmask`.
        """
        operator = self.tokens
        with self._turning_back() as count:
            return frames.map_column(
                values, lambda cells: restore_texts(operator, cells, count), read=frames.strings_of
            )

    def unmask_table(self, table: TableT) -> TableT:
        """Turn the tokens in a table back; a column of tokens beside display forms goes.

        What comes back stands in the audit first, as for `unmask`.
        """
        with self._turning_back() as count:
            return unmask_table(table, self.tokens, count)

    def surrogates(self, values: Sequence[str], entity: str) -> list[str]:
        """Return for each of `values`, all of `entity`, a number of the same form that is nobody's, or else a token.

        For phones, resident IDs and bank cards that go to a system that takes nothing else; a value that the format
        does not hold becomes a token, and an empty one stays empty.

        Raises UsageError for an entity that has no surrogates, and where the policy vaults its tokens, since a
        surrogate carries its value.
        """
        if entity in self.policy.entities and self.policy.action(entity).vault:
            raise UsageError(f"policy {self.policy.name} vaults {entity}, and a surrogate carries its value")
        return self._surrogate.apply(values, entity)

    def unmask_surrogates(self, values: Sequence[str], entity: str) -> list[str | None]:
        """Turn surrogates of `entity` back; None for what has not their form, tokens too, which `unmask_column` opens.

        Nothing tells whether a number that has the form is one of this keyset's: the caller knows. What comes back
        stands in the audit first, as for `unmask`.
        """
        operator = self._surrogate
        with self._turning_back() as count:
            back = operator.reverse(values, entity)
            if turned := sum(value is not None for value in back):
                count.opened[operator.head(entity)] += turned
        return back

    def needs_rewrap(self, token: str) -> bool:
        """Tell whether a token is one that would be made anew today: by the primary key, or since its tenant was added.

        ``maskkit rewrap FILE`` moves those of a file. Raises UsageError for what is no token.
        """
        found = whole(token)
        if found is None:
            raise UsageError("needs_rewrap takes a token")
        return self.tokens.needs_rewrap(found)

    @contextmanager
    def _turning_back(self) -> Iterator[RestoreCount]:
        """Count what is turned back, and write it into the audit before anyone gets it."""
        self.reveals.ready()
        count = RestoreCount()
        yield count
        self.reveals.record(count)

    @property
    def reveals(self) -> Reveals:
        """What writes into the audit what is turned back; KeysetError where there is no keyset."""
        if self._reveals is None:
            raise KeysetError("tokens need a keyset", hint="maskkit keys create")
        return self._reveals

    @cached_property
    def _surrogate(self) -> SurrogateOperator:
        from maskkit.operators.surrogate import SurrogateOperator

        if self.kernel.keys is None:
            raise KeysetError("surrogates need a keyset", hint="maskkit keys create")
        return SurrogateOperator(self.kernel.keys)

    @property
    def tokens(self) -> TokenOperator:
        """The operator that makes and opens this tenant's tokens; KeysetError where there is no keyset."""
        if self.kernel.tokens is None:
            raise KeysetError("tokens need a keyset", hint="maskkit keys create")
        return self.kernel.tokens


def _check(what: str, given: object, kinds: tuple[type, ...]) -> None:
    if not isinstance(given, kinds):
        names = " or ".join(kind.__name__ for kind in kinds if kind is not NoneType)
        raise UsageError(f"{what} is a {names}, not {type(given).__name__}")
