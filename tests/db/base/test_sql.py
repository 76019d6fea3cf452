"""Lists travel as array literals: the database reads back exactly what was sent, and its refusals arrive as Django's."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import DataError, IntegrityError, OperationalError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entrepot.base import sql
from entrepot.base.transactions import TRIES, repeated

pytestmark = pytest.mark.django_db(transaction=True)
TEXT = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]))
KINDS = {
    "text": TEXT, "bigint": st.integers(-(2**63), 2**63 - 1), "boolean": st.booleans(), "bytea": st.binary(), "uuid": st.uuids(),
    "numeric": st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**9), max_value=10**9), "date": st.dates(),
    "timestamptz": st.datetimes(min_value=datetime(1900, 1, 1), timezones=st.just(UTC)),
}  # fmt: skip


def back(kind: str, values: list) -> list:
    return sql.raw_connection().execute(f"SELECT %(v)s::{kind}[]", sql._sendable({"v": values})).fetchone()[0]


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_list_comes_back_as_it_was_sent(kind, data):
    values = data.draw(st.lists(st.none() | KINDS[kind], max_size=8))
    assert back(kind, values) == values


@pytest.mark.parametrize("text", ["NULL", "null", "", " ", "{}", '{"a"}', "a,b", "\\", '"', "\\\\x00", "'", "\n", "%s", "$1", "ﷺ", "😀"])
def test_words_that_look_like_syntax_are_text(text):
    assert back("text", [text, None, text]) == [text, None, text]


def test_one_example_of_each_kind():
    at = datetime(2026, 3, 29, 1, 30, 0, 5, UTC)
    assert back("timestamptz", [None, at]) == [None, at]
    assert back("date", [date(2024, 2, 29)]) == [date(2024, 2, 29)]
    assert back("numeric", [Decimal("1E+2")]) == [Decimal(100)]
    assert back("uuid", [UUID(int=5)]) == [UUID(int=5)]


def test_what_the_database_refuses_arrives_as_djangos_error_also_from_a_pipeline(connect):
    text = {"variant": 1, "version": 2**70, "now": datetime.now(UTC)}
    with pytest.raises(DataError), transaction.atomic():
        sql.run("entrepot.inventory", "announce", text)
    row = {"variants": [10**12], "now": datetime.now(UTC)}
    with pytest.raises(IntegrityError), transaction.atomic():
        with sql.pipeline():
            sql.run("entrepot.inventory", "open_headers", row)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_lost_deadlock_is_begun_again_whole_a_few_times_and_then_told_f34():
    tries = []

    def lost(times):
        def work():
            tries.append(1)
            with connection.cursor() as cursor:
                cursor.execute("INSERT INTO django_session VALUES ('k', '', '2030-01-01Z')")
                if len(tries) <= times:
                    cursor.execute("DO $$ BEGIN RAISE EXCEPTION 'lost' USING ERRCODE = '40P01'; END $$")
            return "done"

        return work

    assert repeated(lost(2)) == "done"
    assert len(tries) == 3
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_session")
    tries.clear()
    with pytest.raises(OperationalError):
        repeated(lost(99))
    assert len(tries) == TRIES
    tries.clear()
    with pytest.raises(OperationalError), transaction.atomic():
        repeated(lost(1))  # only the caller can begin its own transaction again
    assert len(tries) == 1


def test_another_error_is_not_tried_again():
    tries = []

    def work():
        tries.append(1)
        raise OperationalError("disk full")

    with pytest.raises(OperationalError):
        repeated(work)
    assert tries == [1]
