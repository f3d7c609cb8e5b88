"""A library file as an earlier version would have left it."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path

from ayllu.retrieval.docstore.schema import SCHEMA
from ayllu.storage.opener import open_connection


def take_back(file: Path, version: int) -> None:
    """Rewrite `file` in the schema of `version`, with all of its rows that this one knew."""
    now = file.with_suffix(".now")
    file.rename(now)
    with closing(open_connection(file, replace(SCHEMA, migrations=SCHEMA.migrations[:version]))) as connection:
        connection.execute("ATTACH ? AS now", (str(now),))
        tables = (
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'words%' AND name NOT LIKE 'sqlite_%'"
        )
        known = [name for (name,) in connection.execute(tables) if name != "vocabulary"]
        connection.execute("DELETE FROM meta")
        for table in ("meta", "collections", "sources", "chunks", "projections"):
            if table not in known:
                continue
            columns = [f'"{row[1]}"' for row in connection.execute(f"PRAGMA main.table_info({table})")]
            names = ", ".join(columns)
            connection.execute(f"INSERT INTO main.{table} ({names}) SELECT {names} FROM now.{table}")
        if version < 4:
            connection.execute("DELETE FROM meta WHERE key = 'namespace'")
        connection.execute("DETACH now")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    now.unlink()
    for leftover in file.parent.glob(f"{now.name}-*"):
        leftover.unlink()
