"""Loading policies: presets, files, what they extend, and what is wrong with them."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

import pytest
from running import Run

from maskkit.errors import MaskkitError, PolicyError, UsageError
from maskkit.model import ENTITIES, FIELD_ENTITIES
from maskkit.policy import Action, check_policy, load_policy
from maskkit.policy.load import presets_dir

ALL = (*ENTITIES, *FIELD_ENTITIES)

EXAMPLE = """\
extends: agency
audiences:
  collector: {profile: balanced}
entities:
  PHONE_NUMBER: mask
  ADDRESS: {generalize: city}
fields:
  姓名, name, "*.contact_name": {as: PERSON, do: mask}
  出生日期: {as: BIRTH_DATE, do: {generalize: year}}     # BIRTH_DATE and AGE exist for columns and fields only
  案件编号: keep
"""


def write(folder: Path, text: str | bytes, name: str = "mine.yaml") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize(
    ("name", "action", "profile", "needs_key", "needs_tenant"),
    [
        ("tokens", Action("token"), "balanced", True, False),
        ("agency", Action("mask", token_field=True), "strict", True, True),
        ("display", Action("mask"), "balanced", False, False),
        ("drop", Action("redact"), "balanced", False, False),
    ],
)
def test_presets(name: str, action: Action, profile: str, needs_key: bool, needs_tenant: bool) -> None:
    """Each named policy does one thing to every entity, and says what it needs."""
    policy = load_policy(name)
    assert policy.name == name
    assert policy.entities == dict.fromkeys(ALL, action)
    assert (policy.profile, policy.needs_key, policy.needs_tenant) == (profile, needs_key, needs_tenant)
    assert policy.sha256 == sha256((presets_dir() / f"{name}.yaml").read_bytes()).hexdigest()
    assert check_policy(presets_dir() / f"{name}.yaml") == []


def test_presets_are_all() -> None:
    """There are the four presets that the documentation names."""
    assert {path.stem for path in presets_dir().glob("*.yaml")} == {"tokens", "agency", "display", "drop"}


def test_example(tmp_path: Path) -> None:
    """The documented example means what it says; masks keep the token beside them that `agency` asks for."""
    policy = load_policy(write(tmp_path, EXAMPLE))
    masked = Action("mask", token_field=True)
    assert policy.name == "mine.yaml"
    assert policy.action("PHONE_NUMBER") == masked
    assert policy.action("ADDRESS") == Action("generalize", "city")
    assert policy.action("BANK_CARD") == masked
    for name in ("姓名", "name", "NAME", "ｎａｍｅ", "contact_name", "borrower.contact_name"):
        rule = policy.field(name)
        assert rule is not None
        assert (rule.entity, rule.action) == ("PERSON", masked)
    birth = policy.field("出生日期")
    assert birth is not None
    assert (birth.entity, birth.action) == ("BIRTH_DATE", Action("generalize", "year"))
    number = policy.field("案件编号")
    assert number is not None
    assert (number.entity, number.action) == (None, Action("keep"))
    assert policy.field("备注") is None
    assert (policy.profile, policy.for_audience("collector").profile) == ("strict", "balanced")
    assert policy.for_audience("collector").field("姓名") is not None
    assert check_policy(tmp_path / "mine.yaml") == []


def test_nothing_said_is_tokens(tmp_path: Path) -> None:
    """What a policy that extends nothing does not say becomes a token, so no entity is ever forgotten."""
    policy = load_policy(write(tmp_path, "entities: {PERSON: mask}\n"))
    assert policy.action("PERSON") == Action("mask")
    assert {policy.action(entity) for entity in ALL if entity != "PERSON"} == {Action("token")}


def test_rest(tmp_path: Path) -> None:
    """A star in entities is every entity that is not named, whatever the extended policy said of it."""
    write(tmp_path, "entities: {PERSON: mask, AGE: keep}\n", "below.yaml")
    policy = load_policy(write(tmp_path, 'extends: below.yaml\nentities: {"*": redact, PHONE_NUMBER: token}\n'))
    assert policy.action("PERSON") == policy.action("AGE") == Action("redact")
    assert policy.action("PHONE_NUMBER") == Action("token")


def test_chain(tmp_path: Path) -> None:
    """What is nearer wins, key by key; lists add up; field rules of the nearer file come first."""
    write(tmp_path, "extends: display\nnames: off\nallow: [高兴]\nfields:\n  a: redact\n  b*: keep\n", "low.yaml")
    write(tmp_path, "extends: low.yaml\ntitles: false\nallow: [方便]\ndeny: 张三\nfields:\n  bc*: redact\n", "mid.yaml")
    policy = load_policy(write(tmp_path, "extends: mid.yaml\nprofile: strict\nentities: {AGE: {generalize: band}}\n"))
    assert (policy.profile, policy.names, policy.titles) == ("strict", "off", False)
    assert policy.allow == {"高兴", "方便"}
    assert policy.deny == {"张三"}
    assert policy.action("AGE") == Action("generalize", "band")
    assert policy.action("PERSON") == Action("mask")
    found = [policy.field(name) for name in ("a", "bx", "bcx")]
    assert [rule.action for rule in found if rule] == [Action("redact"), Action("keep"), Action("redact")]


def test_vault(tmp_path: Path) -> None:
    """`vault` is a default for every token, those beside masks too, that a single action can override."""
    text = """\
extends: agency
vault: true
entities:
  PERSON: {token: {vault: false}}
  ADDRESS: {mask: {token_field: false}}
  AGE: redact
fields:
  手机: {as: PHONE_NUMBER, do: {mask: {vault: false}}}
audiences:
  viewer: {vault: false}
"""
    policy = load_policy(write(tmp_path, text))
    assert policy.action("EMAIL_ADDRESS") == Action("mask", token_field=True, vault=True)
    assert policy.action("PERSON") == Action("token")
    assert policy.action("ADDRESS") == Action("mask")
    assert policy.action("AGE") == Action("redact")
    phone = policy.field("手机")
    assert phone is not None
    assert phone.action == Action("mask", token_field=True)
    assert not policy.for_audience("viewer").action("EMAIL_ADDRESS").vault
    with pytest.raises(UsageError, match="vault goes with tokens only"):
        Action("mask", vault=True)


def test_token_field(tmp_path: Path) -> None:
    """The token beside a mask is the policy's choice, and each mask's own."""
    text = """\
extends: agency
entities:
  PERSON: {mask: {token_field: false}}
fields:
  手机: {as: PHONE_NUMBER, do: {mask: {token_field: true}}}
audiences:
  viewer: {token_field: false}
"""
    policy = load_policy(write(tmp_path, text))
    assert policy.action("PERSON") == Action("mask")
    assert policy.action("ADDRESS") == Action("mask", token_field=True)
    viewer = policy.for_audience("viewer")
    assert viewer.action("ADDRESS") == Action("mask")
    phone = viewer.field("手机")
    assert phone is not None
    assert phone.action == Action("mask", token_field=True)
    assert viewer.needs_key


def test_audiences(tmp_path: Path) -> None:
    """An audience's own entities and fields lie on top of the policy's; an unknown one is a usage error with a hint."""
    text = """\
extends: display
audiences:
  lawyer:
    entities: {PERSON: keep}
    fields: {备注: {as: text}}
"""
    write(tmp_path, text, "below.yaml")
    policy = load_policy(write(tmp_path, "extends: below.yaml\naudiences:\n  lawyer: {entities: {AGE: redact}}\n"))
    lawyer = policy.for_audience("lawyer")
    assert (lawyer.action("PERSON"), lawyer.action("AGE")) == (Action("keep"), Action("redact"))
    note = lawyer.field("备注")
    assert note is not None
    assert note.scan
    assert policy.field("备注") is None
    with pytest.raises(UsageError, match=r"policy mine\.yaml has no audience lawer") as caught:
        policy.for_audience("lawer")
    assert caught.value.hint == "did you mean lawyer?"
    with pytest.raises(UsageError, match="has no audience lawyer"):
        load_policy("tokens").for_audience("lawyer")


def test_lists_from_files(tmp_path: Path) -> None:
    """Lists come from files beside the policy, inline, or both; they are part of its hash."""
    names = write(tmp_path, "\ufeff张三\r\n\r\n 李四 \n", "names.txt")
    mine = write(tmp_path, "allow: {file: names.txt}\ndeny: [王五, {file: names.txt}]\n")
    policy = load_policy(mine)
    assert policy.allow == {"张三", "李四"}
    assert policy.deny == {"王五", "张三", "李四"}
    assert policy.sha256 == sha256(mine.read_bytes() + names.read_bytes() * 2).hexdigest()
    assert policy.files == (mine, names, names)
    names.write_text("张三\n", encoding="utf-8")
    assert load_policy(mine).sha256 != policy.sha256


def test_hash_covers_the_chain(tmp_path: Path) -> None:
    """The hash changes with any byte of any file that the policy is made of."""
    mine = write(tmp_path, "extends: below.yaml\n")
    below = write(tmp_path, "profile: strict\n", "below.yaml")
    first = load_policy(mine).sha256
    assert first == sha256(mine.read_bytes() + below.read_bytes()).hexdigest()
    below.write_text("profile: strict \n", encoding="utf-8")
    assert load_policy(mine).sha256 != first


def test_scalars_are_text(tmp_path: Path) -> None:
    """What YAML would read as booleans, numbers or dates is the text that stands there."""
    policy = load_policy(write(tmp_path, "names: off\nallow: [no, 007, 2024-01-01]\nfields: {on: keep, 1: redact}\n"))
    assert policy.names == "off"
    assert policy.allow == {"no", "007", "2024-01-01"}
    assert policy.field("on") is not None
    assert policy.field("1") is not None


WRONG = [
    ("entites: {}", "1: entites: unknown key; did you mean entities?"),
    ("profile: balanced\nprofile: strict", "2: profile: comes twice, first in line 1"),
    ("profile: loose", "1: profile: unknown word; one of balanced, strict"),
    ("names: jeiba", "1: names: unknown word; did you mean jieba?"),
    ("names: {modle: open}", "1: names.modle: unknown key; did you mean model?"),
    ("names: {model: best}", "1: names.model: no model of names; full, open, or a file of maskkit names train"),
    ("names: {threshold: 2}", "1: names.threshold: expected a number between 0 and 1; 0.5 is balanced, 0.12 strict"),
    ("titles: maybe", "1: titles: expected true or false"),
    ("tenant: yes", "1: tenant: unknown word; one of required, optional"),
    ("extends: agenzy", "1: extends: no policy agenzy; did you mean agency?"),
    ("extends: mine.yaml", "1: extends: goes round in a circle; a policy cannot extend itself"),
    ("extends: [tokens]", "1: extends: expected one word or text"),
    ("entities: mask", "1: entities: expected keys and values"),
    ("entities:\n  PHONE: mask", "2: entities.PHONE: unknown entity; did you mean PHONE_NUMBER?"),
    ("entities:\n  PERSON: tokne", "2: entities.PERSON: there is no operator tokne; did you mean token?"),
    ("entities:\n  PERSON: mask\n  PERSON: keep", "3: entities.PERSON: comes twice, first in line 2"),
    (
        "entities:\n  PHONE_NUMBER: {generalize: year}",
        "2: entities.PHONE_NUMBER: cannot generalize PHONE_NUMBER to year; year is for BIRTH_DATE",
    ),
    ("entities:\n  ADDRESS: {generalize: cty}", "2: entities.ADDRESS: there is no level cty; did you mean city?"),
    ("entities:\n  ADDRESS: generalize", "2: entities.ADDRESS: generalize needs an argument; as in {generalize: year}"),
    ("entities:\n  AGE: {redact: x}", "2: entities.AGE: redact takes no argument; write just: redact"),
    ("entities:\n  AGE: {mask: x, keep: y}", "2: entities.AGE: expected one operator; as in {generalize: city}"),
    ("entities:\n  AGE: [mask]", "2: entities.AGE: expected one word or text"),
    ("entities:\n  AGE: {token: {valt: true}}", "2: entities.AGE.token.valt: unknown key; did you mean vault?"),
    ("entities:\n  AGE: {mask: {tokens: true}}", "2: entities.AGE.mask.…: unknown key; one of token_field, vault"),
    ('entities:\n  "*": {generalize: year}', "2: entities.*: cannot generalize PERSON to year; year is for BIRTH_DATE"),
    ("fields:\n  a: {as: PERSN}", "2: fields.a.as: there is no entity PERSN; did you mean PERSON?"),
    (
        "fields:\n  a: {as: AGE, do: {generalize: year}}",
        "2: fields.a: cannot generalize AGE to year; year is for BIRTH_DATE",
    ),
    ("fields:\n  a: {as_: AGE}", "2: fields.a.as_: unknown key; did you mean as?"),
    (
        "fields:\n  a: {as: text, do: mask}",
        "2: fields.a: text is scanned, nothing else can be done; leave out do",
    ),
    ("fields:\n  a,, b: keep", "2: fields.…: a name is missing between the commas"),
    ("fields:\n  a, b: keep\n  B: mask", "3: fields.B: a name comes twice, first in line 2"),
    ("fields:\n  ? [a, b]\n  : keep", "2: fields: a key must be one word or line"),
    ("audiences:\n  x: {extends: tokens}", "2: audiences.x.extends: unknown key; one of "),
    ("audiences:\n  x: {profile: loose}", "2: audiences.x.profile: unknown word; one of balanced, strict"),
    ("allow: {file: missing.txt}", "1: allow.file: no such file or directory; it is looked for beside the policy"),
    ("allow: {path: a.txt}", "1: allow.…: unknown key; did you mean file?"),
    ("entities:\n\tPERSON: mask", "2: a tab; indent with spaces, not tabs"),
    ("fields:\n  *.name: mask", "2: a star or another sign before a name; put globs in quotes"),
    (
        'fields:\n  "*.a", b: mask',
        "2: more after what is complete, or a line that is indented differently; put",
    ),
    ("allow: &a [x]\ndeny: *a", "1: anchors (&name) are not allowed"),
    ("fields: {a: *b}", "1: aliases (*name) are not allowed"),
    ("allow: !!python/object/apply:os.system [x]", "1: tags (!name) are not allowed"),
    ("allow: " + "[" * 2000, "1: nested too deep"),
    ("a: b\n---\nc: d", "2: a second document; a policy is one document"),
    ("- mask", "1: not a policy; it is made of lines like  entities: …"),
    ("", ": not a policy; it is made of lines like  entities: …"),
    ("profile: strict\x00", ": a character that YAML does not allow"),
    ("# 姓名\nfields:\n  姓名: mask".encode("gbk"), "1: not UTF-8; save the file as UTF-8"),
    ("profile: strict\n# 姓名\n".encode("utf-16"), "1: not UTF-8; save the file as UTF-8"),
]


@pytest.mark.parametrize(("text", "expected"), WRONG)
def test_wrong_policies(tmp_path: Path, text: str | bytes, expected: str) -> None:
    """What is wrong is named with file, line and field and what helps, by the check and by loading alike."""
    path = write(tmp_path, text)
    [problem] = check_policy(path)
    start = f"{path}{'' if expected.startswith(':') else ':'}{expected}"
    assert problem.startswith(start)
    with pytest.raises(PolicyError) as caught:
        load_policy(path)
    assert start.startswith(str(caught.value)) or str(caught.value).startswith(start.partition("; ")[0])
    assert caught.value.exit_code == 1


def test_all_problems_at_once(tmp_path: Path) -> None:
    """The check lists every problem, top to bottom, the file's own before those of what it extends."""
    write(tmp_path, "titles: perhaps\n", "below.yaml")
    wrong = "fields:\n  a: {as: X,\n    do: maks}\nentities:\n  PERSON: hide\n"
    path = write(tmp_path, f"extends: below.yaml\nprofile: loose\n{wrong}")
    lines = [problem.removeprefix(str(tmp_path)).split(":")[:2] for problem in check_policy(path)]
    assert [(name[1:], line) for name, line in lines] == [
        ("mine.yaml", "2"),
        ("mine.yaml", "4"),
        ("mine.yaml", "5"),
        ("mine.yaml", "7"),
        ("below.yaml", "1"),
    ]
    with pytest.raises(PolicyError, match=r"mine\.yaml:2: profile: unknown word \(and 4 more: maskkit policy check"):
        load_policy(path)


def test_circle(tmp_path: Path) -> None:
    """A longer circle of policies is found where it closes."""
    write(tmp_path, "extends: b.yaml\n", "a.yaml")
    write(tmp_path, "extends: a.yaml\n", "b.yaml")
    assert check_policy(tmp_path / "a.yaml") == [
        f"{tmp_path / 'b.yaml'}:1: extends: goes round in a circle; a policy cannot extend itself"
    ]


@pytest.mark.parametrize(
    ("name", "hint"),
    [("agenzy", "one of agency, display, drop, tokens"), ("zzz", "one of agency, display, drop, tokens")],
)
def test_unknown_name(name: str, hint: str) -> None:
    """A name that is no preset is a wrong call, with the presets in the hint."""
    with pytest.raises(UsageError, match=f"no policy {name}") as caught:
        load_policy(name)
    assert caught.value.exit_code == 2
    assert (caught.value.hint or "").startswith(hint)


def test_missing_file(tmp_path: Path) -> None:
    """A file that is not there is an error of its own, not an unknown name."""
    for path in (tmp_path / "none.yaml", str(tmp_path / "none.yaml")):
        with pytest.raises(PolicyError, match=r"none\.yaml: no such file"):
            load_policy(path)
    with pytest.raises(PolicyError):
        load_policy(tmp_path)


#: Places of a policy, with a word that may be a person where ~ stands, and the line and field that are named.
PLACES = [
    ("~: mask", "1: …: unknown key"),
    ("entities: {}\n~: {}", "2: …: unknown key"),
    ("profile: ~", "1: profile: unknown word"),
    ("names: ~", "1: names: unknown word"),
    ("titles: ~", "1: titles: expected true or false"),
    ("token_field: ~", "1: token_field: expected true or false"),
    ("vault: file.sqlite", "1: vault: expected true or false"),
    ("tenant: ~", "1: tenant: unknown word"),
    ("extends: ~", "1: extends: no policy of that name"),
    ("extends: ../~.yaml", "1: extends: no policy of that name"),
    ("extends: {~: x}", "1: extends: expected one word"),
    ("entities: ~", "1: entities: expected keys"),
    ("entities:\n  ~: mask", "2: entities.…: unknown entity"),
    ("entities:\n  PERSON: ~", "2: entities.PERSON: there is no operator of that name"),
    ("entities:\n  PERSON: {~: x}", "2: entities.PERSON: there is no operator of that name"),
    ("entities:\n  PERSON: {~: [x]}", "2: entities.PERSON.…: expected one word"),
    ("entities:\n  PERSON: {mask: ~}", "2: entities.PERSON: mask takes no argument"),
    ("entities:\n  PERSON: {mask: {~: true}}", "2: entities.PERSON.mask.…: unknown key"),
    ("entities:\n  PERSON: {mask: {token_field: ~}}", "2: entities.PERSON.mask.token_field: expected true"),
    ("entities:\n  ADDRESS: {generalize: ~}", "2: entities.ADDRESS: there is no level of that name"),
    ("entities:\n  PERSON: {replace: [~]}", "2: entities.PERSON.replace: expected one word"),
    ("entities:\n  PERSON: {replace: a, ~: b}", "2: entities.PERSON: expected one operator"),
    ("fields: ~", "1: fields: expected keys"),
    ("fields:\n  ~: tokne", "2: fields.…: there is no operator tokne"),
    ("fields:\n  ~: keep\n  ~: mask", "3: fields.…: comes twice, first in line 2"),
    ("fields:\n  ~, b: keep\n  ~: mask", "3: fields.…: a name comes twice, first in line 2"),
    ("fields:\n  ~,, b: keep", "2: fields.…: a name is missing"),
    ("fields:\n  ? [~]\n  : keep", "2: fields: a key must be one word"),
    ("fields:\n  a: ~", "2: fields.a: there is no operator of that name"),
    ("fields:\n  a: {as: ~}", "2: fields.a.as: there is no entity of that name"),
    ("fields:\n  a: {~: PERSON}", "2: fields.a.…: unknown key"),
    ("fields:\n  a: {as: PERSON, do: ~}", "2: fields.a.do: there is no operator of that name"),
    ("fields:\n  ~: {as: {~: x}}", "2: fields.….as: expected one word"),
    ("fields:\n  ~: {generalize: ~}", "2: fields.…: there is no level of that name"),
    ("audiences: [~]", "1: audiences: expected keys"),
    ("audiences:\n  ~: {profile: loose}", "2: audiences.….profile: unknown word"),
    ("audiences:\n  ~: {~: loose}", "2: audiences.….…: unknown key"),
    ("audiences:\n  ~: x\n  ~: y", "2: audiences.…: expected keys"),
    ("deny: [[~]]", "1: deny: expected one word"),
    ("deny: {~: a.txt}", "1: deny.…: unknown key"),
    ("deny: {file: ~}", "1: deny.file: no such file"),
    ("deny: [{file: [~]}]", "1: deny.file: expected one word"),
    ("allow: &~ x", "1: a"),
    ("deny: !~ x", "1: "),
    ("deny: !<~> x", "1: "),
    ("deny: !~!x y", "1: not YAML"),
    ("%TAG !~ x\n---\ndeny: y", "1: not YAML"),
    ("deny: *~", "1: a"),
    ('deny: "~', "1: a quote that is not closed"),
    ("deny: [~", "1: a bracket that is not closed"),
    ("deny: ~: x", "1: a colon where none can stand"),
    ("deny: x\n~", "2: a key without a colon"),
    ('deny: "\\~"', "1: a backslash in double quotes"),
    ("deny: @~", "1: a sign that no text begins with"),
    ("~", "1: not a policy"),
    ("a: b\n--- ~", "2: a second document"),
]


@pytest.mark.parametrize("word", ["王建国13800138000", "zhangsan1990", "wangjianguo"])
@pytest.mark.parametrize(("text", "expected"), PLACES)
def test_no_word_of_the_file_in_any_message(tmp_path: Path, text: str, expected: str, word: str) -> None:
    """Wherever a value stands in a policy, the message has file, line and field, and not the value."""
    path = write(tmp_path, text.replace("~", word))
    problems = check_policy(path)
    plain = word.isascii() and word.isalpha()
    if not (plain and ("fields" in text or "audiences" in text)):  # may be the name of a column
        assert not any(word[:8] in problem for problem in problems)
        assert any(problem.startswith(f"{path}{':' * (expected[0] != ':')}{expected}") for problem in problems), (
            problems
        )
    with pytest.raises(PolicyError) as caught:
        load_policy(path)
    assert plain or word[:8] not in f"{caught.value!r}{caught.value.hint}"
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_names_of_audiences_in_a_hint(tmp_path: Path) -> None:
    """The audiences that a wrong one's hint lists are words; what may be a value is not repeated."""
    policy = load_policy(write(tmp_path, "audiences: {王建国13800138000: {titles: off}}\n"))
    with pytest.raises(UsageError, match="no audience lawyer") as caught:
        policy.for_audience("lawyer")
    assert caught.value.hint == "its file names them, below audiences"


@pytest.mark.parametrize("name", ["tokens", "agency", "display", "drop"])
def test_check_by_name(name: str) -> None:
    """A named policy is checked by its name."""
    assert check_policy(name) == []


def test_check_command(maskkit: Run) -> None:
    """The command takes a policy's name as well as a file."""
    assert maskkit("policy", "check", "agency").stderr == b"maskkit: agency: ok\n"
    done = maskkit("policy", "check", "agenzy")
    assert done.returncode == 2
    assert b"hint: one of agency, display, drop, tokens, or a file whose name ends in .yaml" in done.stderr


def test_check_of_an_unknown_name() -> None:
    """The check of what is no policy and no file is a wrong call, with the policies in the hint."""
    with pytest.raises(UsageError, match="no policy agenzy") as caught:
        check_policy("agenzy")
    assert caught.value.hint == "one of agency, display, drop, tokens, or a file whose name ends in .yaml"


def test_files_that_never_end(tmp_path: Path) -> None:
    """What is no regular file, or too large for what it is to be, is an error and is not read."""
    (tmp_path / "long.txt").write_bytes(b"a\n" * (8 << 20) + b"b")
    write(tmp_path, b"# " + b"x" * (1 << 20), "long.yaml")
    assert check_policy(tmp_path / "long.yaml") == [f"{tmp_path / 'long.yaml'}: larger than 1 MB"]
    [problem] = check_policy(write(tmp_path, "deny: {file: long.txt}\n"))
    assert problem.startswith(f"{tmp_path / 'mine.yaml'}:1: deny.file: larger than 16 MB")
    [problem] = check_policy(write(tmp_path, "deny: {file: .}\n"))
    assert ":1: deny.file: not a regular file" in problem


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_devices_and_pipes(tmp_path: Path) -> None:
    """A device without end and a pipe without a writer are refused at once."""
    os.mkfifo(tmp_path / "pipe.yaml")
    assert check_policy(tmp_path / "pipe.yaml") == [f"{tmp_path / 'pipe.yaml'}: not a regular file"]
    for name in ("/dev/zero", "pipe.yaml"):
        [problem] = check_policy(write(tmp_path, f"allow: {{file: {name}}}\n"))
        assert ":1: allow.file: not a regular file" in problem
        assert check_policy(write(tmp_path, f"extends: {name}\n"))


def test_no_listed_word_in_any_message(tmp_path: Path) -> None:
    """The words of a policy's lists may be people: no repr, problem or error shows one."""
    secret = "王小明13800138000"
    write(tmp_path, secret.encode() + b"\n\xff", "bad.txt")
    path = write(tmp_path, f"allow: [{secret}, [{secret}]]\ndeny: {{file: bad.txt}}\nprofile: loose\n")
    assert len(check_policy(path)) == 3
    assert not any(secret in problem for problem in check_policy(path))
    with pytest.raises(MaskkitError) as caught:
        load_policy(path)
    assert secret not in f"{caught.value!r}{caught.value.hint}{caught.value.__cause__}"
    assert secret not in repr(load_policy(write(tmp_path, f"deny: [{secret}]\n")))


@pytest.mark.parametrize(
    ("said", "names"),
    [
        ("jieba", "jieba"),
        ("model", "model"),
        ("{model: open}", "model:open"),
        ("{threshold: 0.2}", "model:full@0.2"),
        ("{model: open, threshold: 0.30}", "model:open@0.30"),
    ],
)
def test_names(tmp_path: Path, said: str, names: str) -> None:
    """A policy chooses what finds names, which model, and how likely a name must be."""
    assert load_policy(write(tmp_path, f"names: {said}\n")).names == names


def test_names_of_an_own_model(tmp_path: Path) -> None:
    """A model of one's own lies beside the policy."""
    assert load_policy(write(tmp_path, "names: {model: own.npz}\n")).names == f"model:{tmp_path / 'own.npz'}"
