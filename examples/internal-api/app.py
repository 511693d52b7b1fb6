"""A small case service over PostgreSQL, as lenders have them: it knows nothing of masking."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from fastapi import FastAPI, HTTPException, Query, Response
from psycopg.rows import DictRow, dict_row
from pydantic import BaseModel

SCHEMA = """
create table if not exists cases (
    id bigint generated always as identity primary key,
    name text not null, phone text not null, id_card text, address text,
    amount numeric(12, 2) not null default 0, status text not null default 'open',
    contacts jsonb not null default '[]', created timestamptz not null default now()
);
create table if not exists remarks (
    id bigint generated always as identity primary key,
    case_id bigint not null references cases,
    text text not null, contact text, created timestamptz not null default now()
);
"""

app = FastAPI(title="cases")


class Search(BaseModel):
    """What a search asks for."""

    phone: str | None = None
    name: str | None = None
    status: str | None = None
    page: int = 1


class Remark(BaseModel):
    """What an agency files."""

    text: str
    contact: str | None = None


@contextmanager
def database() -> Iterator[psycopg.Connection[DictRow]]:
    """Yield a connection in a transaction."""
    with psycopg.connect(os.environ["DATABASE_URL"], row_factory=dict_row) as connection:
        yield connection


@app.get("/cases")
def list_cases(status: str | None = None, after: int = 0, size: int = Query(20, le=100)) -> dict[str, Any]:
    """List cases, a page at a time."""
    with database() as db:
        rows = db.execute(
            "select * from cases where id > %s and (%s::text is null or status = %s) order by id limit %s",
            (after, status, status, size),
        ).fetchall()
    following = f"/cases?after={rows[-1]['id']}&size={size}" if len(rows) == size else None
    return {"cases": rows, "next": following}


@app.get("/cases.csv")
def export_cases() -> Response:
    """Export all cases."""
    with database() as db, db.cursor().copy("copy (select * from cases order by id) to stdout with csv header") as copy:
        return Response(b"".join(bytes(block) for block in copy), media_type="text/csv; charset=utf-8")


@app.post("/cases/search")
def search(wanted: Search) -> dict[str, Any]:
    """Find cases by equality."""
    with database() as db:
        rows = db.execute(
            "select * from cases where (%(phone)s::text is null or phone = %(phone)s)"
            " and (%(name)s::text is null or name = %(name)s) and (%(status)s::text is null or status = %(status)s)"
            " order by id limit 20 offset %(skip)s",
            {**wanted.model_dump(), "skip": 20 * (max(wanted.page, 1) - 1)},
        ).fetchall()
    return {"cases": rows}


@app.get("/cases/{case_id}")
def read_case(case_id: int) -> dict[str, Any]:
    """Read a case with its remarks."""
    with database() as db:
        case = db.execute("select * from cases where id = %s", (case_id,)).fetchone()
        if case is None:
            raise HTTPException(404, "no such case")
        case["remarks"] = db.execute("select * from remarks where case_id = %s order by id", (case_id,)).fetchall()
    return case


@app.post("/cases/{case_id}/remarks", status_code=201)
def add_remark(case_id: int, remark: Remark) -> dict[str, Any]:
    """File a remark."""
    with database() as db:
        if db.execute("select 1 from cases where id = %s", (case_id,)).fetchone() is None:
            raise HTTPException(404, "no such case")
        made = db.execute(
            "insert into remarks (case_id, text, contact) values (%s, %s, %s) returning *",
            (case_id, remark.text, remark.contact),
        ).fetchone()
    assert made is not None
    return made
