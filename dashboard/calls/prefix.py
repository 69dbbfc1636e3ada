from __future__ import annotations

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.lookups import StartsWith
from django.db.models.sql.compiler import SQLCompiler

AFTER_EVERY_CHARACTER = "\U0010ffff"


class Prefix(StartsWith):
    """Match the start of a text by an index on every database, and with its case."""

    lookup_name = "prefix"

    def get_prep_lookup(self) -> Any:
        return str(self.rhs)

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        sql, params = StartsWith(self.lhs, self.rhs).as_sql(compiler, connection)
        return sql, tuple(params)

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[Any, ...]]:
        # SQLite's LIKE with an escape character reads the whole table; its text order is by code point.
        column, params = self.process_lhs(compiler, connection)
        return (
            f"({column} >= %s AND {column} < %s)",
            (*params, self.rhs, *params, f"{self.rhs}{AFTER_EVERY_CHARACTER}"),
        )
