"""Conditions and orders spelled so that every database answers them from an index."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import OrderBy
from django.db.models.lookups import Exact, In, StartsWith
from django.db.models.sql.compiler import SQLCompiler

AFTER_EVERY_CHARACTER = "\U0010ffff"
Sql = tuple[str, tuple[Any, ...]]


@models.CharField.register_lookup
class Prefix(StartsWith):
    """Match the start of a text by an index on every database, and with its case."""

    lookup_name = "prefix"

    def get_prep_lookup(self) -> Any:
        return str(self.rhs)

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Sql:
        sql, params = StartsWith(self.lhs, self.rhs).as_sql(compiler, connection)
        return sql, tuple(params)

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Sql:
        # LIKE is understood as a stretch of the index only while its text is known to the planner.
        column, params = self.process_lhs(compiler, connection)
        end = f"{self.rhs}{AFTER_EVERY_CHARACTER}"
        return f"({column} ~>=~ %s AND {column} ~<~ %s)", (*params, self.rhs, *params, end)

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Sql:
        # SQLite's LIKE with an escape character reads the whole table; its text order is by code point.
        column, params = self.process_lhs(compiler, connection)
        end = f"{self.rhs}{AFTER_EVERY_CHARACTER}"
        return f"({column} >= %s AND {column} < %s)", (*params, self.rhs, *params, end)


@models.CharField.register_lookup
class Beside(Exact):
    """Equal, where another condition chooses the index: SQLite cannot tell by itself which is better."""

    lookup_name = "beside"

    def get_rhs_op(self, connection: BaseDatabaseWrapper, rhs: str) -> str:
        return f"= {rhs}"

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Sql:
        sql, params = self.as_sql(compiler, connection)
        return f"+{sql}", tuple(params)


@models.CharField.register_lookup
class Among(In):
    """One of many, where the order of the rows or another condition chooses the index."""

    lookup_name = "among"

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Sql:
        sql, params = self.as_sql(compiler, connection)
        return f"+{sql}", tuple(params)


class ByCharacters(OrderBy):
    """Order a text by code points, which is the order of an index with `varchar_pattern_ops`."""

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Sql:
        # Django looks for the word ASC in what it orders by.
        sql, params = self.as_sql(compiler, connection, template="%(expression)s USING ~<~ /* ASC */")
        return sql, tuple(params)
