"""`PlanRunner`: from a plan or SQL to rows: rendered, checked by the guard and the warehouse, run within limits."""

from __future__ import annotations

from datacraft.config.tracing import span
from datacraft.contracts.errors import InputError, LimitExceeded, QueryFailed
from datacraft.contracts.plan import QueryPlan
from datacraft.contracts.semantic import SemanticModel
from datacraft.serving.limits import Limits
from datacraft.sql.guard import Guard, GuardedQuery
from datacraft.sql.render import RenderedQuery, SchemaView, render
from datacraft.warehouse import ResultSet, Warehouse
from datacraft.warehouse.sizes import in_bytes


class PlanRunner:
    """Runs plans, and SQL of others, over one data set. Safe to use from several threads.

    Args:
        warehouse: holds the data.
        model: what the data means; only its tables and columns can be read.
        limits: for each query.
    """

    def __init__(self, warehouse: Warehouse, model: SemanticModel, limits: Limits) -> None:
        self._warehouse = warehouse
        self._limits = limits
        self._schema = SchemaView.from_model(model)
        self._guard = Guard(
            {table.name: [column.name for column in table.columns] for table in model.tables},
            dialect=warehouse.dialect,
            row_limit=limits.rows,
        )

    def render(self, plan: QueryPlan) -> RenderedQuery:
        """Write a plan as SQL.

        Raises:
            QueryFailed: the plan contradicts itself or the data; that is not the fault of whoever asked.
        """
        try:
            return render(plan, schema=self._schema, dialect=self._warehouse.dialect)
        except InputError as error:
            raise QueryFailed(
                f"This can't be computed as it was read: {error.message}",
                hint="Ask it in another way, or for one thing at a time.",
            ) from error

    def check(self, rendered: RenderedQuery) -> GuardedQuery:
        """Let the guard and the warehouse check a query; its tree is taken over.

        Raises:
            UnsafeQuery: the guard does not let it through.
            QueryFailed: the warehouse could not run it.
        """
        with span("guard"):
            query = self._guard.check_expression(rendered.expression)
        self._dry_run(query)
        return query

    def check_sql(self, sql: str) -> tuple[GuardedQuery, str]:
        """Let the guard and the warehouse check SQL that a model wrote; return it with its text for people.

        Raises:
            UnsafeQuery: the guard does not let it through.
            QueryFailed: the warehouse could not run it.
        """
        with span("guard"):
            tree = self._guard.parse(sql)
            shown = tree.sql(dialect=self._warehouse.dialect, pretty=True, comments=False)
            query = self._guard.check_expression(tree)
        self._dry_run(query)
        return query, shown

    def _dry_run(self, query: GuardedQuery) -> None:
        with span("dry run") as dry:
            dry.set(datacraft__estimated_bytes=self._warehouse.explain(query.sql))

    def run(self, query: GuardedQuery) -> ResultSet:
        """Run a checked query.

        Raises:
            QueryFailed: the warehouse could not run it.
            LimitExceeded: it took too much time or memory.
        """
        try:
            with span("run", db__system__name=self._warehouse.dialect) as running:
                result = self._warehouse.execute(
                    query.sql, timeout_s=self._limits.timeout_s, max_rows=self._limits.rows
                )
                running.set(db__response__returned_rows=len(result.rows))
                return result
        except QueryFailed as error:
            raise QueryFailed(
                f"The data could not be queried: {error.message}",
                hint=error.hint or "The SQL that was tried is shown with this answer.",
            ) from error
        except LimitExceeded as error:
            error.hint = error.hint or "Ask for a shorter period, fewer groups or a total."
            raise

    def count(self, plan: QueryPlan, *, timeout_s: float) -> int:
        """Run a plan whose only value is a count, and return it.

        Raises:
            DataCraftError: it could not be run, or not in that time.
        """
        query = self._guard.check_expression(self.render(plan).expression)
        rows = self._warehouse.execute(query.sql, timeout_s=timeout_s, max_rows=1).rows
        return next((value for row in rows for value in row if isinstance(value, int)), 0)


def cautions(sql: str, result: ResultSet) -> list[str]:
    """Return what a person should know about how the warehouse came to a result."""
    found = []
    if "APPROX_QUANTILES(" in sql:  # written for BigQuery only, see datacraft.sql.render.dialects
        found.append("BigQuery computes medians and percentiles approximately.")
    if result.estimated_bytes is not None:
        found.append(f"The dry run estimated {in_bytes(result.estimated_bytes)} to be read.")
    return found
