"""The database's own walls: what each role may do, whatever the code asks for (X2, P16, P18, P1)."""

from collections.abc import Callable

import psycopg
import pytest
from psycopg import errors

from entrepot.app.policies import PARTNER_ROWS
from entrepot.base.grants import APPEND_ONLY, HIDDEN_FROM_READERS

Connect = Callable[..., psycopg.Connection]

WORLD = """
INSERT INTO partner (public_id, name, country) VALUES (gen_random_uuid(), 'Lyon', 'FR'), (gen_random_uuid(), 'Hamburg', 'DE');
INSERT INTO location (public_id, code, name, kind, country, city, postcode, street, time_zone, opening_hours, priority, paused, partner_id)
SELECT gen_random_uuid(), name, name, 'store', country, '', '', '', 'UTC', '{}', 1, false, id FROM partner;
INSERT INTO product (public_id, code, brand, category, origin_country, hs_code, option_names, attributes, version)
VALUES (gen_random_uuid(), 'LAMP', '', '', '', '', '[]', '{}', 1);
INSERT INTO variant (product_id, sku, gtin, options, is_kit) SELECT id, 'LAMP', '', '{}', false FROM product;
INSERT INTO stock_level (variant_id, location_id, on_hand, reserved, safety_stock) SELECT variant.id, location.id, 5, 0, 0 FROM variant, location
"""


@pytest.fixture
def partners(owner: psycopg.Connection) -> dict[str, int]:
    for statement in WORLD.split(";\n"):
        owner.execute(statement.encode())
    return dict(owner.execute(b"SELECT name, id FROM partner").fetchall())


def test_p16_every_table_with_a_partners_rows_has_a_policy(owner: psycopg.Connection) -> None:
    tables = {name for (name,) in owner.execute(b"SELECT table_name FROM information_schema.columns WHERE column_name = 'partner_id' AND table_schema = 'public'")}  # fmt: skip
    tables -= {"app_user"}  # a user's partner is read by the app alone, never by a partner's request
    assert tables <= set(PARTNER_ROWS)
    guarded = {name for (name,) in owner.execute(b"SELECT relname FROM pg_class WHERE relrowsecurity")}
    assert guarded == set(PARTNER_ROWS)


def test_p16_a_partner_sees_its_own_locations_and_stock_and_no_others(connect: Connect, partners: dict[str, int]) -> None:
    with connect() as request:
        request.execute("SET LOCAL ROLE entrepot_partner")
        request.execute(f"SET LOCAL entrepot.partner = '{partners['Lyon']}'".encode())
        assert request.execute("SELECT name FROM location").fetchall() == [("Lyon",)]
        assert request.execute("SELECT count(*) FROM stock_level").fetchone() == (1,)


def test_x2_a_missing_partner_is_an_error_never_all(connect: Connect, partners: dict[str, int]) -> None:
    with connect() as request:
        request.execute("SET LOCAL ROLE entrepot_partner")
        with pytest.raises(errors.UndefinedObject):
            request.execute("SELECT name FROM location")


def test_x2_a_partner_writes_nothing_and_reaches_nothing_else(connect: Connect, partners: dict[str, int]) -> None:
    for statement in ("UPDATE stock_level SET on_hand = 0", "SELECT * FROM app_user", "SELECT * FROM order_buyer", "SELECT * FROM account"):
        with connect() as request:
            request.execute("SET LOCAL ROLE entrepot_partner")
            request.execute(f"SET LOCAL entrepot.partner = '{partners['Lyon']}'".encode())
            with pytest.raises(errors.InsufficientPrivilege):
                request.execute(statement.encode())


def test_x2_the_app_sees_every_row_and_is_no_superuser(connect: Connect, partners: dict[str, int]) -> None:
    with connect() as app:
        assert app.execute("SELECT count(*) FROM location").fetchone() == (2,)
        assert app.execute("SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = current_user").fetchone() == (False, False, False)  # fmt: skip


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("change", ["DELETE FROM {}", "UPDATE {} SET tableoid = tableoid"])
def test_p18_what_is_append_only_the_app_cannot_change(connect: Connect, table: str, change: str) -> None:
    statement = change.format(table) if change.startswith("DELETE") else _update(connect, table)
    with connect() as app, pytest.raises(errors.InsufficientPrivilege):
        app.execute(statement.encode())


def _update(connect: Connect, table: str) -> str:
    with connect() as app:
        row = app.execute("SELECT column_name FROM information_schema.columns WHERE table_name = %s ORDER BY ordinal_position DESC LIMIT 1", [table]).fetchone()  # fmt: skip
    assert row is not None
    return f"UPDATE {table} SET {row[0]} = {row[0]}"


def test_p18_not_even_through_a_partition(connect: Connect) -> None:
    with connect() as app:
        parts = app.execute("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'stock_move'::regclass").fetchall()
    assert len(parts) >= 4
    for (part,) in parts:
        with connect() as app, pytest.raises(errors.InsufficientPrivilege):
            app.execute(f"DELETE FROM {part}".encode())


@pytest.mark.parametrize("table", [name for name in HIDDEN_FROM_READERS if name != "channel_call"])
def test_x4_read_only_sees_no_secrets_and_no_buyers(owner: psycopg.Connection, table: str) -> None:
    allowed = owner.execute("SELECT has_table_privilege('entrepot_readonly', %s, 'SELECT')", [table]).fetchone()
    assert allowed == (False,)
    assert owner.execute("SELECT has_table_privilege('entrepot_readonly', 'sales_order', 'SELECT')").fetchone() == (True,)


def test_p1_the_database_refuses_what_must_never_be(connect: Connect, partners: dict[str, int]) -> None:
    for change in ("reserved = 6", "reserved = -1", "on_hand = -1", "safety_stock = -1"):
        with connect() as app, pytest.raises(errors.CheckViolation):
            app.execute(f"UPDATE stock_level SET {change}".encode())


def test_partitions_are_made_months_ahead_and_only_of_our_tables(connect: Connect) -> None:
    with connect() as app:
        assert app.execute("SELECT entrepot_make_partition('stock_move'::regclass, '2031-05-01')").fetchone() == (True,)
        assert app.execute("SELECT entrepot_make_partition('stock_move'::regclass, '2031-05-01')").fetchone() == (False,)
        with pytest.raises(errors.RaiseException):
            app.execute("SELECT entrepot_make_partition('sales_order'::regclass, '2031-05-01')")
