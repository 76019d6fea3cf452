"""Each new database connection tells how far this machine's clock is from the database's."""

from typing import Any

from entrepot.base import clock


def on_connection(sender: Any, connection: Any, **_: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        clock.measured_offset(cursor.fetchone()[0])
