"""Who may do what in the database. Migrations create no role; these grants run after every migrate, as owner.

The app role reads and writes rows but owns nothing; what is append-only it may only insert and read (P18). The partner
role starts with nothing: each table it may reach is granted, with a policy, by the floor that owns it. Read-only sees no
secrets and no sealed personal data.
"""

from django.db import connection

APPEND_ONLY = ("audit", "stock_move", "ledger_seal", "order_event", "fulfillment_event", "offer_receipt")
HIDDEN_FROM_READERS = ("account", "api_token", "app_user", "order_buyer", "order_quarantine", "django_session", "channel_call")


def grant() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname FROM pg_roles WHERE rolname IN ('entrepot_app', 'entrepot_partner', 'entrepot_readonly')")
        roles = {name for (name,) in cursor.fetchall()}
        if "entrepot_app" in roles:
            cursor.execute("GRANT USAGE ON SCHEMA public TO entrepot_app")
            cursor.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO entrepot_app")
            cursor.execute("GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public TO entrepot_app")
            cursor.execute("GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO entrepot_app")
            cursor.execute("ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO entrepot_app")
            cursor.execute("ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO entrepot_app")
            for table in _with_partitions(APPEND_ONLY):
                cursor.execute(f"REVOKE UPDATE, DELETE ON {connection.ops.quote_name(table)} FROM entrepot_app")
        if "entrepot_partner" in roles:
            cursor.execute("GRANT USAGE ON SCHEMA public TO entrepot_partner")
        if "entrepot_readonly" in roles:
            cursor.execute("GRANT USAGE ON SCHEMA public TO entrepot_readonly")
            cursor.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO entrepot_readonly")
            for table in _with_partitions(HIDDEN_FROM_READERS):
                cursor.execute(f"REVOKE ALL ON {connection.ops.quote_name(table)} FROM entrepot_readonly")


def _with_partitions(tables: tuple[str, ...]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT relid::regclass::text FROM unnest(%s::text[]) AS name
                 JOIN pg_class ON relname = name AND relnamespace = 'public'::regnamespace
                CROSS JOIN LATERAL (SELECT pg_class.oid AS relid UNION SELECT inhrelid FROM pg_inherits WHERE inhparent = pg_class.oid) parts""",
            [list(tables)],
        )
        return [name for (name,) in cursor.fetchall()]
