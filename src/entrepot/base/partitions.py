"""Months ahead for the tables partitioned by month."""

from datetime import date

from django.db import connection

PARTITIONED = ("channel_call", "stock_move", "availability_change", "offer_receipt")
AHEAD = 3


def make_partitions(today: date) -> int:
    """This month and the next ones have their partition; how many were made. Repeating it changes nothing."""
    made = 0
    with connection.cursor() as cursor:
        for table in PARTITIONED:
            for step in range(AHEAD + 1):
                years, month = divmod(today.month - 1 + step, 12)
                cursor.execute("SELECT entrepot_make_partition(%s::regclass, %s)", [table, date(today.year + years, month + 1, 1)])
                made += cursor.fetchone()[0]
    return made
