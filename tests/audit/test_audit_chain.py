"""The audit: what is written, by many at once, and that any tampering shows."""

from __future__ import annotations

import hashlib
import json
import os
import random
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from maskkit.audit import AuditEvent, AuditLog, Head, default_path, open_audit, verify
from maskkit.audit.chain import heads
from maskkit.audit.events import LONGEST, this_user
from maskkit.errors import AuditError, UsageError
from maskkit.keys import store

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = (KEY.public_key(),)


@pytest.fixture(params=["jsonl", "sqlite", pytest.param("postgres", marks=pytest.mark.xdist_group("postgres"))])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where an audit of each kind is to be."""
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres"))
    return str(tmp_path / "state" / f"audit.{request.param}")


def log(where: str, **options: Any) -> AuditLog:
    return AuditLog(open_audit(where), KEY, **options)


def event(n: int) -> AuditEvent:
    return AuditEvent(kind="unmask", actor="li", tenant="agency-a", purpose="诉讼", entity="PHONE_NUMBER", count=n)


def written(where: str) -> list[str]:
    with open_audit(where) as sink:
        return list(sink.lines())


def test_lines(where: str) -> None:
    """Each event is a line with its time and what it says, in order; closing signs them; the next log goes on."""
    clock = iter([datetime(2026, 3, 1, 8, 0, second, tzinfo=UTC) for second in range(10)])
    for n in (1, 2):
        with log(where, clock=clock.__next__) as open_log:
            open_log.record(event(n), event(10 * n))
    says = [json.loads(line) for line in written(where)]
    assert [(line["n"], line["kind"], line.get("count")) for line in says] == [
        (1, "unmask", 1),
        (2, "unmask", 10),
        (3, "checkpoint", None),
        (4, "unmask", 2),
        (5, "unmask", 20),
        (6, "checkpoint", None),
    ]
    assert says[1]["prev"] == says[0]["hash"]
    assert {name: says[3][name] for name in ("writer", "time", "outcome", "actor", "tenant", "purpose", "entity")} == {
        "writer": "main",
        "time": "2026-03-01T08:00:03.000Z",
        "outcome": "done",
        "actor": "li",
        "tenant": "agency-a",
        "purpose": "诉讼",
        "entity": "PHONE_NUMBER",
    }
    verdict = verify(written(where), public_keys=PUBLIC)
    assert (verdict.good, verdict.lines, verdict.unsigned) == (True, 6, 0)
    assert verdict.heads == (Head("main", 6, says[5]["hash"]),)
    assert list(verdict.heads) == heads(written(where))


def test_nothing_to_write(where: str) -> None:
    """Asking whether it could be written writes nothing; an audit without lines is good and has no head."""
    with log(where) as open_log:
        open_log.ready()
    assert written(where) == []
    assert verify([]).heads == ()


def test_checkpoints_of_a_long_log(where: str) -> None:
    """A log that stays open signs after every thousand events."""
    with log(where) as open_log:
        for _ in range(21):
            open_log.record(*[event(1)] * 50)
        lines = written(where)
        assert len(lines) == 1051
        assert verify(lines, public_keys=PUBLIC).unsigned == 50
    assert verify(written(where), public_keys=PUBLIC).unsigned == 0


def edited(lines: list[str]) -> list[str]:
    return [line.replace('"count":5', '"count":1') for line in lines]


def forged(lines: list[str]) -> list[str]:
    """Write everything anew with another count: the hashes are right, the signatures cannot be."""
    from maskkit.audit.lines import FIRST, write

    prev, made = FIRST, []
    for line in edited(lines):
        says = json.loads(line)
        writer, n = says.pop("writer"), says.pop("n")
        says = {name: value for name, value in says.items() if name not in ("prev", "hash", "key", "signature")}
        text, prev = write(writer, n, prev, says)
        made.append(text)
    return made


TAMPERING: dict[str, tuple[Callable[[list[str]], list[str]], str]] = {
    "edited": (edited, "line 5 is damaged"),
    "a blank more": (lambda ls: [*ls[:4], ls[4].replace(",", ", ", 1), *ls[5:]], "line 5 is damaged"),
    "dropped": (lambda ls: [*ls[:4], *ls[5:]], "line 5, main 6: the line before it is missing"),
    "first dropped": (lambda ls: ls[1:], "line 1, main 2: the line before it is missing"),
    "many dropped": (lambda ls: [*ls[:2], *ls[5:]], "line 3, main 6: 3 lines before it are missing"),
    "reordered": (lambda ls: [*ls[:3], ls[4], ls[3], *ls[5:]], "line 4, main 5: the line before it is missing"),
    "doubled": (lambda ls: [*ls[:5], ls[4], *ls[5:]], "line 6, main 5: it comes twice"),
    "cut in a line": (lambda ls: [*ls[:-1], ls[-1][:-20]], "line 12 is damaged"),
    "added": (lambda ls: [*ls[:5], '{"kind":"mask"}', *ls[5:]], "line 6 is damaged"),
    "no line at all": (lambda ls: [*ls[:5], "", *ls[5:]], "line 6 is damaged"),
    "cut off": (lambda ls: ls[:-3], "main ends at 9, before the head 12: it was cut off"),
    "cut off and continued": (lambda ls: [*ls[:-1], forged(ls)[-1]], "line 12, main 12: the line before is not"),
    "written anew": (forged, "main 12 is not the line that the head names"),
    "gone": (lambda ls: [], "main ends at 0, before the head 12"),
}


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Ten events, signed after five and at the end: twelve lines."""
    where = str(tmp_path_factory.mktemp("audit") / "audit.jsonl")
    with log(where) as open_log:
        for n in range(1, 11):
            open_log.record(event(n))
            if n == 5:
                open_log.checkpoint()
    return written(where)


@pytest.mark.parametrize("name", TAMPERING)
def test_tampering(lines: list[str], name: str) -> None:
    """Whatever was done to a line, its place is told, given the head that was kept elsewhere."""
    assert verify(lines, heads=heads(lines), public_keys=PUBLIC).good
    tamper, expected = TAMPERING[name]
    changed = tamper(list(lines))
    assert changed != lines
    verdict = verify(changed, heads=heads(lines), public_keys=PUBLIC)
    assert not verdict.good
    assert any(expected in problem for problem in verdict.problems), verdict.problems


def test_every_byte_counts(lines: list[str]) -> None:
    """Any one character changed anywhere is found by the chain alone."""
    for number, line in enumerate(lines):
        for at in range(0, len(line), 7):
            changed = line[:at] + ("x" if line[at] != "x" else "y") + line[at + 1 :]
            assert not verify([*lines[:number], changed, *lines[number + 1 :]]).good


def test_written_anew_without_a_head(lines: list[str]) -> None:
    """Who can compute hashes but not sign is found by the signatures, without a head and without a keyset."""
    verdict = verify(forged(lines), public_keys=PUBLIC)
    assert any("a checkpoint without a signature" in problem for problem in verdict.problems)
    assert verify(forged(lines)).good
    assert verify(forged(lines)).unsigned == 12


def test_signed_by_another(lines: list[str]) -> None:
    """A checkpoint of a key that was not given vouches for nothing, and is counted."""
    other = Ed25519PrivateKey.generate().public_key()
    verdict = verify(lines, public_keys=[other])
    assert (verdict.good, verdict.unknown, verdict.unsigned) == (True, 2, 12)
    verdict = verify(lines, public_keys=[other, *PUBLIC])
    assert (verdict.good, verdict.unknown, verdict.unsigned) == (True, 0, 0)
    for name, (tamper, _) in TAMPERING.items():
        if name not in ("cut off", "written anew", "gone"):  # what only signatures and heads tell
            assert not verify(tamper(list(lines)), public_keys=[other]).good, name


def test_two_keysets(where: str) -> None:
    """Two keysets that write one chain are each verified up to their own last checkpoint; both keys vouch for all."""
    other = Ed25519PrivateKey.generate()
    for key in (KEY, other, KEY, other):
        with AuditLog(open_audit(where), key) as open_log:
            open_log.record(event(1))
    lines = written(where)
    for keys, unknown, unsigned in (
        (PUBLIC, 2, 2),
        ([other.public_key()], 2, 0),
        ([*PUBLIC, other.public_key()], 0, 0),
    ):
        verdict = verify(lines, public_keys=keys)
        assert (verdict.good, verdict.unknown, verdict.unsigned) == (True, unknown, unsigned)


def test_another_key_named(lines: list[str]) -> None:
    """Who writes all anew and signs with a key of his own, has nothing that the true key vouches for."""
    from maskkit.audit.lines import FIRST, write

    prev, made = FIRST, []
    for line in edited(lines):
        says = json.loads(line)
        signing = Ed25519PrivateKey.generate() if says["kind"] == "checkpoint" else None
        text, prev = write("main", says["n"], prev, {"time": says["time"], "kind": says["kind"]}, signing)
        made.append(text)
    verdict = verify(made, public_keys=PUBLIC)
    assert (verdict.unknown, verdict.unsigned) == (2, 12)
    assert not verify(made, public_keys=PUBLIC, heads=heads(lines)).good


def test_signature_of_another_line(lines: list[str]) -> None:
    """A signature that is taken to another place in a chain that was written anew is wrong there."""
    stolen, made = json.loads(lines[-1])["signature"], forged(lines)
    text = made[-1].partition(',"hash":')[0]
    says = {**json.loads(text + "}"), "key": json.loads(lines[-1])["key"]}
    body = json.dumps(says, separators=(",", ":"))[:-1] + f',"signature":"{stolen}"'
    made[-1] = f'{body},"hash":"{hashlib.sha256(body.encode()).hexdigest()}"}}'
    assert any("whose signature is wrong" in problem for problem in verify(made, public_keys=PUBLIC).problems)


def test_unsigned_tail(lines: list[str]) -> None:
    """What neither signature nor head covers is counted: cut back to the last checkpoint, others can be made up."""
    assert verify(lines[:10], public_keys=PUBLIC).unsigned == 4
    assert verify(lines[:10], public_keys=PUBLIC, heads=heads(lines[:10])).unsigned == 0
    assert verify(lines[:6], public_keys=PUBLIC).unsigned == 0


def test_writers(where: str) -> None:
    """Each writer has a chain of its own; a whole chain that is gone is told from its head."""
    with log(where, writer="a@host") as a, log(where, writer="b@host") as b:
        for n in range(1, 4):
            a.record(event(n))
            b.record(event(n), event(n))
    lines = written(where)
    ends = heads(lines)
    assert [(head.writer, head.n) for head in sorted(ends)] == [("a@host", 4), ("b@host", 7)]
    assert verify(lines, heads=ends, public_keys=PUBLIC).good
    only = [line for line in lines if '"a@host"' in line]
    assert verify(only).good
    assert "b@host ends at 0" in verify(only, heads=ends).problems[0]


WRITER = """
import sys
from maskkit.audit import AuditEvent, AuditLog, open_audit
log = AuditLog(open_audit(sys.argv[1]))
for n in range(int(sys.argv[2])):
    log.record(AuditEvent(kind="mask", count=n + 1))
    print(n + 1, flush=True)
"""


def test_many_at_once(where: str) -> None:
    """Processes that write to one chain at the same time, making it too, leave one whole chain."""
    started = [
        subprocess.Popen([sys.executable, "-c", WRITER, where, "60"], stdout=subprocess.DEVNULL) for _ in range(4)
    ]
    assert [process.wait(timeout=60) for process in started] == [0] * 4
    verdict = verify(written(where))
    assert (verdict.good, verdict.lines) == (True, 240)


@pytest.mark.skipif(os.name == "nt", reason="no signals")
def test_killed(tmp_path: Path) -> None:
    """What a killed writer was told is kept is there, and others go on."""
    where = str(tmp_path / "audit.jsonl")
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, where, "100000"], stdout=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL
    )
    assert process.stdout is not None
    said = [process.stdout.readline() for _ in range(random.Random().randint(1, 80))]
    process.kill()
    said += process.stdout.readlines()
    process.stdout.close()
    process.wait(timeout=30)
    with AuditLog(open_audit(where)) as open_log:
        open_log.record(event(1))
    verdict = verify(written(where))
    assert verdict.good
    assert verdict.lines > len(said)


def torn(path: Path, half: Callable[[bytes], bytes]) -> list[str]:
    """Write an event, leave half a line as a crash does, and write on: three lines before the half one, two behind."""
    with log(str(path)) as open_log:
        open_log.record(event(1), event(2))
    whole = path.read_bytes()
    path.write_bytes(whole + half(whole))
    assert heads(written(str(path))) == [Head("main", 3, json.loads(whole.splitlines()[-1])["hash"])]
    with log(str(path)) as open_log:
        open_log.record(event(3))
    assert path.read_bytes().startswith(whole + half(whole) + b"\n")
    return written(str(path))


@pytest.mark.parametrize("length", [1, 11, 12, 50])
def test_torn_line(tmp_path: Path, length: int) -> None:
    """Half a line that a power cut left is never removed: it shows, and the chain goes on behind it, vouched for."""
    lines = torn(tmp_path / "audit.jsonl", lambda whole: whole[:length])
    verdict = verify(lines, public_keys=PUBLIC)
    assert (verdict.good, verdict.cut, verdict.unsigned) == (True, (4,), 0)
    assert heads(lines) == list(verdict.heads)
    assert verify(lines, heads=heads(lines)).unsigned == 0


def test_torn_behind_a_quote(tmp_path: Path) -> None:
    """A line that was cut behind what looks like the end of one is no whole line: others go on behind it."""
    escaped = b'{"writer":"main","n":4,"prev":"' + b"0" * 64 + b'","kind":"unmask","purpose":"{\\"a\\":\\"b\\"}'
    lines = torn(tmp_path / "audit.jsonl", lambda _: escaped)
    assert lines[3].endswith('"}')
    assert (verify(lines, public_keys=PUBLIC).good, verify(lines).cut) == (True, (4,))


def test_cut_by_someone(lines: list[str]) -> None:
    """Half of a line that was whole breaks its chain, wherever it is; so does one beside any other change."""
    for number, line in enumerate(lines):
        verdict = verify([*lines[:number], line[:60], *lines[number + 1 :]])
        assert f"line {number + 1} is damaged: it was edited or cut" in verdict.problems
        assert not verdict.cut
    for changed in ([*lines[:4], lines[4][:60], *lines[5:]], [*lines[:4], lines[4][:60], "x", *lines[4:]]):
        assert not verify(changed, public_keys=PUBLIC).good
    assert not verify([*lines, lines[-1][:60]], public_keys=PUBLIC).good
    assert not verify([*lines[:4], '{"writer":"main","n":5}', *lines[4:]]).good


def test_damaged_end_is_not_continued(tmp_path: Path) -> None:
    """A chain whose last line is no longer what it was is not written on: what needs the audit is refused."""
    path = tmp_path / "audit.jsonl"
    with log(str(path)) as open_log:
        open_log.record(event(5))
    path.write_text(path.read_text("utf-8").replace('"checkpoint"', '"mask"'), encoding="utf-8")
    with log(str(path)) as open_log, pytest.raises(AuditError, match="damaged"):
        open_log.record(event(6))
    with pytest.raises(AuditError, match="line 2 of the audit log is damaged"):
        heads(written(str(path)))


def test_what_cannot_be_written(tmp_path: Path) -> None:
    """A folder, a file of another kind and a place below a file are errors that name it; nothing is replaced."""
    (tmp_path / "file").write_text("x", encoding="utf-8")
    other = tmp_path / "other.sqlite"
    with sqlite3.connect(other) as db:
        db.execute("CREATE TABLE t (x)")
    db.close()
    for place in (tmp_path, tmp_path / "file" / "audit.jsonl", tmp_path / "file" / "audit.sqlite", other):
        with pytest.raises(AuditError) as caught, log(str(place)) as open_log:
            open_log.ready()
        assert str(place) in str(caught.value)
        if place.suffix != ".sqlite":
            assert "MASKKIT_AUDIT=FILE" in (caught.value.hint or "")  # not every command has --audit
    assert (tmp_path / "file").read_text("utf-8") == "x"


def test_no_regular_file(tmp_path: Path) -> None:
    """A device, a pipe and a folder keep no audit: they are refused, and no lock is left beside them."""
    folder = tmp_path / "folder"
    folder.mkdir()
    places = [folder]
    if sys.platform != "win32":
        os.mkfifo(tmp_path / "pipe")
        (tmp_path / "null").symlink_to(os.devnull)
        places += [tmp_path / "pipe", tmp_path / "null"]
    for place in places:
        with AuditLog(open_audit(place)) as open_log, pytest.raises(AuditError, match="no regular file"):
            open_log.ready()
    assert not list(tmp_path.glob("*.lock"))


@pytest.mark.parametrize("name", ["audit.jsonl", "audit.sqlite"])
def test_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A disk that has no room for a line is told before what needs the line is done; one that does not say passes."""
    with log(str(tmp_path / name)) as open_log:
        for usage, full in (((10**9, 10**9, 0), True), ((10**9, 0, 10**9), False), ((0, 0, 0), False)):
            monkeypatch.setattr("shutil.disk_usage", lambda _, usage=usage: usage)
            if full:
                with pytest.raises(AuditError, match="no space is left"):
                    open_log.ready()
            else:
                open_log.ready()
    assert written(str(tmp_path / name)) == []


@pytest.mark.xdist_group("postgres")
def test_database_takes_no_change(tmp_path: Path, postgres: str) -> None:
    """The tables themselves refuse updates and deletions, which a plain mistake would do."""
    import psycopg

    for where in (str(tmp_path / "audit.sqlite"), postgres):
        with log(where) as open_log:
            open_log.record(event(1))
    for statement in ("UPDATE audit SET line = ''", "DELETE FROM audit"):
        with sqlite3.connect(tmp_path / "audit.sqlite") as db, pytest.raises(sqlite3.IntegrityError, match="only"):
            db.execute(statement)
        db.close()
    for changing in ("UPDATE maskkit_audit SET line = ''", "DELETE FROM maskkit_audit", "TRUNCATE maskkit_audit"):
        with psycopg.connect(postgres) as server, pytest.raises(psycopg.Error, match="only added"):
            server.execute(changing.encode())
    assert len(written(postgres)) == 2


def test_private(tmp_path: Path) -> None:
    """The files are the user's alone."""
    for name in ("audit.jsonl", "audit.sqlite"):
        with log(str(tmp_path / name)) as open_log:
            open_log.record(event(1))
        if os.name == "posix":
            assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


def test_default_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """The audit never lies beside the keyset, on no system."""
    assert default_path().name == "audit.jsonl"
    assert default_path().parent != store.default_path().parent
    monkeypatch.setattr("platformdirs.user_state_dir", lambda *_, **__: str(store.default_path().parent))
    assert default_path().parent != store.default_path().parent


def test_events() -> None:
    """An event is of a kind that there is, its texts are no longer than a purpose, and it says only what it has."""
    assert AuditEvent(kind="denial", outcome="refused", actor="li").said() == {
        "kind": "denial",
        "outcome": "refused",
        "actor": "li",
    }
    assert this_user()
    wrong: list[Callable[[], object]] = [
        lambda: AuditEvent(kind="peek"),  # type: ignore[arg-type]  # what is not typed may say so
        lambda: AuditEvent(kind="mask", outcome="maybe"),  # type: ignore[arg-type]  # the same
        lambda: AuditEvent(kind="mask", purpose="x" * (LONGEST + 1)),
        lambda: AuditLog(open_audit("x.jsonl"), writer="a b"),
        lambda: Head.of("main:0:" + "0" * 64),
        lambda: Head.of("main:1:xyz"),
    ]
    for make in wrong:
        with pytest.raises(UsageError):
            make()
    head = Head("main", 12, "0" * 64)
    assert Head.of(str(head)) == head


def test_actor(monkeypatch: pytest.MonkeyPatch) -> None:
    """The actor is whom the process runs as, not whom the environment names; it fits into an event on every system."""
    known = this_user()
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "x" * (LONGEST + 1))
    assert AuditEvent(kind="unmask", actor=this_user()).actor
    if os.name == "posix":
        assert this_user() == known
        monkeypatch.setattr("os.getuid", lambda: 54321)
        assert this_user() == "uid 54321"


def test_strange_texts(where: str) -> None:
    """Line ends, quotes, half pairs and the ends of lines of the audit itself in a purpose stay inside their line."""
    purpose = '\n\r\u2028"}{,"hash":"' + "0" * 64 + '"},"signature":"\ud800'
    with log(where) as open_log:
        open_log.record(AuditEvent(kind="reveal", purpose=purpose))
    lines = written(where)
    assert len(lines) == 2
    assert json.loads(lines[0])["purpose"] == purpose
    assert verify(lines, public_keys=PUBLIC).good


def test_no_place_in_a_repr(where: str) -> None:
    """The repr of a sink in a database shows no address, which may hold a password."""
    with open_audit(where) as sink:
        assert "postgresql" not in repr(sink)
