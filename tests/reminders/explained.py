"""What PostgreSQL did for the statements of a block: by which indexes, and how many rows it looked at."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from reminders.planner import BATCH

# The most rows that a statement may look at in a table, or sort: some batches, and nothing that grows with the tables.
FEW = 8 * BATCH
TABLES = ["accounts_person", "telegram_chat", "habits_habit", "habits_schedule"]
TABLES += ["reminders_envelope", "reminders_reminder", "tracking_checkin", "tracking_phase"]


@dataclass
class Explained:
    """What the statements of a block did, node by node."""

    nodes: list[dict[str, Any]] = field(default_factory=list)
    milliseconds: float = 0.0
    buffers: int = 0
    statements: int = 0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if "set_config" not in sql and sql.startswith(("SELECT", "WITH", "UPDATE", "INSERT", "DELETE", "\n")):
            self.explain(sql, params)
        return execute(sql, params, many, context)

    def explain(self, sql: str, params: Any) -> None:
        """Run it to see what it does, and take that back."""
        with connection.connection.cursor() as cursor:
            cursor.execute("SAVEPOINT explained")
            cursor.execute("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + sql, params)
            [[[told]]] = cursor.fetchall()
            cursor.execute("ROLLBACK TO SAVEPOINT explained")
        assert "JIT" not in told, "compiling takes longer than running"
        self.statements += 1
        self.milliseconds += told["Planning Time"] + told["Execution Time"]
        self.buffers += told["Plan"]["Shared Hit Blocks"] + told["Plan"]["Shared Read Blocks"]
        self.nodes += walk(told["Plan"])

    @property
    def indexes(self) -> set[str]:
        return {node["Index Name"] for node in self.nodes if "Index Name" in node}

    def looked_at(self, table: str) -> int:
        """The most rows that one node read of it, those included that did not match."""
        read = ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck")
        return max(
            (
                round(sum(node.get(key, 0) for key in read) * node["Actual Loops"])
                for node in self.nodes
                if node.get("Relation Name") == table and node["Node Type"] != "ModifyTable"
            ),
            default=0,
        )

    def check(self, *, rows: int = FEW) -> None:
        assert self.statements
        scanned = [node["Relation Name"] for node in self.nodes if node["Node Type"] == "Seq Scan"]
        assert not set(scanned) & set(TABLES)
        assert not [table for table in TABLES if self.looked_at(table) > rows]
        assert not [
            node["Sort Key"]
            for node in self.nodes
            if "Sort" in node["Node Type"] and node["Plans"][0]["Actual Rows"] * node["Actual Loops"] > rows
        ]


def walk(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for inner in node.get("Plans", ()):
        yield from walk(inner)


@contextmanager
def explained() -> Iterator[Explained]:
    found = Explained()
    with connection.execute_wrapper(found):
        yield found
