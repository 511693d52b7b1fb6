"""presidio-structured with maskkit's operators: its traps do not happen here."""

from __future__ import annotations

import pandas as pd
import pytest
from presidio_anonymizer.entities import InvalidParamError, OperatorConfig
from presidio_structured import StructuredAnalysis, StructuredEngine

from maskkit import InputError, Keyset, Masker
from maskkit.integrations.presidio.structured import JsonProcessor, TableProcessor

TOKENS = {"DEFAULT": OperatorConfig("maskkit_token")}


@pytest.fixture
def masker(keyset: Keyset) -> Masker:
    return Masker(keyset=keyset, tenant="agency-a")


def test_a_table(masker: Masker) -> None:
    """A table comes back by its tokens, missing cells stay, and neither the input nor a doubled index matters."""
    table = pd.DataFrame({"name": ["王建国", None, "李雷"], "n": [1, 2, 3]}, index=[7, 7, 8])
    analysis = StructuredAnalysis(entity_mapping={"name": "PERSON"})
    done = StructuredEngine(TableProcessor(masker)).anonymize(table, analysis, dict(TOKENS))
    assert done["name"].isna().tolist() == [False, True, False]
    assert done["n"].tolist() == [1, 2, 3]
    assert masker.unmask_table(done)["name"].tolist()[::2] == ["王建国", "李雷"]
    assert table["name"].tolist()[::2] == ["王建国", "李雷"]


def test_items_keep_their_own_values(masker: Masker) -> None:
    """Each item of a list has the token of its own value, and an operator runs once, in a list of records too."""
    record = {"people": [{"name": "王建国", "phones": ["13800138000", "13900139000"]}, {"name": "李雷", "phones": []}]}
    analysis = StructuredAnalysis(entity_mapping={"people.name": "PERSON", "people.phones": "PHONE_NUMBER"})
    engine = StructuredEngine(JsonProcessor(masker))
    masked = engine.anonymize(record, analysis, dict(TOKENS))
    names = [masker.unmask(person["name"]).text for person in masked["people"]]
    assert names == ["王建国", "李雷"]
    assert [masker.unmask(phone).text for phone in masked["people"][0]["phones"]] == ["13800138000", "13900139000"]
    rows = StructuredAnalysis(entity_mapping={"name": "PERSON", "phone": "PHONE_NUMBER"})
    listed = engine.anonymize([{"name": "王建国", "phone": "13800138000"}] * 2, rows, dict(TOKENS))
    assert [masker.unmask(row["name"]).text for row in listed] == ["王建国"] * 2
    assert record["people"][0]["name"] == "王建国"


def test_parameters_are_checked(masker: Masker) -> None:
    """A parameter that an operator does not take is an error in tables and records alike."""
    wrong = {"DEFAULT": OperatorConfig("maskkit_mask", {"chars": 3})}
    analysis = StructuredAnalysis(entity_mapping={"name": "PERSON"})
    with pytest.raises(InvalidParamError):
        StructuredEngine(TableProcessor(masker)).anonymize(pd.DataFrame({"name": ["x"]}), analysis, wrong)
    with pytest.raises(InvalidParamError):
        StructuredEngine(JsonProcessor(masker)).anonymize({"name": "x"}, analysis, wrong)


@pytest.mark.parametrize("path", ["nmae", "people.nmae", "people.9.name", "people"])
def test_a_path_that_leads_nowhere(masker: Masker, path: str) -> None:
    """A path that reaches no value is an error: the field it meant would pass unmasked."""
    analysis = StructuredAnalysis(entity_mapping={path: "PERSON"})
    with pytest.raises(InputError):
        StructuredEngine(JsonProcessor(masker)).anonymize({"people": [{"name": "王建国"}]}, analysis, dict(TOKENS))


def test_a_column_that_is_not_there(masker: Masker) -> None:
    """A column of the analysis that the table does not have is an error."""
    analysis = StructuredAnalysis(entity_mapping={"nmae": "PERSON"})
    with pytest.raises(InputError):
        StructuredEngine(TableProcessor(masker)).anonymize(pd.DataFrame({"name": ["x"]}), analysis, dict(TOKENS))
