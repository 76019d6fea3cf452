"""The world of the benchmarks: many variants at five locations, offered on ten accounts; loaded by sets, not by the product."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass

import psycopg

from bench.frame import Server
from entrepot.app.launcher import DatabaseUrls

ACCOUNTS = 10
LOCATIONS = 5


@dataclass(frozen=True)
class World:
    urls: DatabaseUrls
    variants: int

    def env(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        """The environment of a process of the product that works in this world."""
        return _env(self.urls) | dict(more or {})

    def connect(self) -> psycopg.Connection:
        return psycopg.connect(self.urls.app, autocommit=True)

    def show_all_stock(self) -> None:
        """Accounts without a cap: what they show moves with every unit."""
        with self.connect() as connection:
            connection.execute("UPDATE account SET cap = NULL")
            connection.execute(
                "UPDATE offer_shown SET shown = header.atp FROM variant_stock AS header WHERE header.variant_id = offer_shown.variant_id"
            )
        with psycopg.connect(self.urls.owner, autocommit=True) as owner:
            owner.execute("VACUUM FULL ANALYZE offer_shown")

    def check_lanes(self) -> None:
        """Every offer shows what it may, and every quantity told has its receipt."""
        with self.connect() as connection:
            wrong, told, receipts = connection.execute(_CHECK).fetchone() or (0, 0, 0)
        assert wrong == 0, f"{wrong} offers show another quantity than they may"
        assert told == receipts, f"{told} quantities told, {receipts} receipts"


def make(server: Server, name: str, *, variants: int, units: int = 1_000) -> World:
    """A migrated database with ``variants`` variants, ``units`` of each at two of five locations, and an offer of each on
    every account. A world of the same size is built once a run, the others are copies."""
    template = f"world_{variants}_{units}"
    if template not in _BUILT:
        _load(empty(server, template), variants=variants, units=units)
        _BUILT.add(template)
    return World(server.fresh_database(name, template), variants)


def empty(server: Server, name: str) -> World:
    """A migrated and initialized database that holds nothing yet."""
    urls = server.fresh_database(name)
    entrepot(urls, "migrate", "-v0")
    entrepot(urls, "init", "--currency", "EUR")
    return World(urls, 0)


_BUILT: set[str] = set()


def _load(here: World, *, variants: int, units: int) -> None:
    with psycopg.connect(here.urls.owner, autocommit=True) as owner:
        for (statement,) in owner.execute(_DEFAULTS).fetchall():
            owner.execute(statement)
        for statement in _LOAD.split(";\n"):
            owner.execute(statement.format(variants=variants, accounts=ACCOUNTS, locations=LOCATIONS, units=units).encode())
        owner.execute("VACUUM ANALYZE")


def entrepot(urls: DatabaseUrls, *arguments: str) -> None:
    """Run an entrepot command against a database of the bench."""
    subprocess.run([sys.executable, "-m", "entrepot", *arguments], env=_env(urls), check=True, stdout=subprocess.DEVNULL)


def _env(urls: DatabaseUrls) -> dict[str, str]:
    return {**os.environ, "DATABASE_URL": urls.app, "DATABASE_OWNER_URL": urls.owner, "ENTREPOT_DEMO": "1"}


# Columns that the product always fills itself get an empty default, so that the statements below name only what matters.
_DEFAULTS = """
SELECT format('ALTER TABLE %I ALTER COLUMN %I SET DEFAULT %L', table_name, column_name,
              CASE data_type WHEN 'boolean' THEN 'false' WHEN 'jsonb' THEN '{}' WHEN 'bytea' THEN ''
                             WHEN 'character varying' THEN '' WHEN 'text' THEN '' WHEN 'timestamp with time zone' THEN '2026-01-01' ELSE '0' END)
  FROM information_schema.columns
 WHERE table_schema = 'public' AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO' AND data_type <> 'uuid'
   AND table_name IN ('legal_entity', 'account', 'account_progress', 'location', 'location_feed', 'product', 'variant', 'variant_stock',
                      'stock_level', 'stock_move', 'offer', 'offer_shown', 'lane')
"""

_LOAD = """
INSERT INTO legal_entity (name, country) VALUES ('Bench', 'DE');
INSERT INTO account (public_id, name, channel, market, currency, language, legal_entity_id, state, share_percent, cap, holdback)
SELECT gen_random_uuid(), 'account ' || n, 'bench', 'DE', 'EUR', 'en', 1, 'active', 100, 10, 0 FROM generate_series(1, {accounts}) AS n;
INSERT INTO account_progress (account_id, orders_complete_until) SELECT id, now() FROM account;
INSERT INTO location (public_id, code, name, kind, country, priority)
SELECT gen_random_uuid(), 'L' || n, 'Location ' || n, 'warehouse', 'DE', n FROM generate_series(1, {locations}) AS n;
INSERT INTO location_feed (account_id, location_id) SELECT account.id, location.id FROM account, location;
INSERT INTO lane (account_id, waits, content_seen_at, sweep_after) SELECT id, '[]', now(), now() + interval '1 hour' FROM account;
INSERT INTO product (public_id, code, changed_at) SELECT gen_random_uuid(), 'P' || n, '2026-01-01' FROM generate_series(1, {variants}) AS n;
INSERT INTO variant (product_id, sku) SELECT id, 'SKU-' || id FROM product;
INSERT INTO variant_stock (variant_id, version, on_hand, atp) SELECT id, 1, 2 * {units}, 2 * {units} FROM variant;
INSERT INTO stock_level (variant_id, location_id, on_hand)
SELECT variant.id, location.id, CASE WHEN location.id IN (1 + variant.id % {locations}, 1 + (variant.id + 2) % {locations}) THEN {units} ELSE 0 END
  FROM variant, location;
INSERT INTO stock_move (variant_id, source_key, occurred_at, location_id, recorded_at, reason, actor, on_hand_delta, on_hand_after)
SELECT variant_id, 'opening:' || location_id, now(), location_id, now(), 'opening', 'bench', on_hand, on_hand
  FROM stock_level WHERE on_hand > 0;
INSERT INTO offer (public_id, account_id, variant_id, market, channel_sku, wanted, state)
SELECT gen_random_uuid(), account.id, variant.id, 'DE', variant.sku, 'live', 'live' FROM variant, account;
INSERT INTO offer_shown (variant_id, offer_id, account_id, shown, shown_at)
SELECT variant_id, id, account_id, 10, now() FROM offer
"""

_CHECK = """
SELECT count(*) FILTER (WHERE shown.shown <> header.atp), sum(shown.attempt), (SELECT count(*) FROM offer_receipt)
  FROM offer_shown AS shown
  JOIN variant_stock AS header USING (variant_id)
"""
