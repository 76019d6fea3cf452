"""The second wall (DESIGN 2, roles): what a partner's request may see, table by table, enforced by the database.

The app role sees all. A partner's request runs in one transaction with ``SET LOCAL ROLE entrepot_partner`` and
``SET LOCAL entrepot.partner``; a missing setting is an error, never "all". A table with a partner's rows that is not
named here fails the meta-test of policies.
"""

from django.db import connection

_OWN_LOCATION = "location_id IN (SELECT id FROM location WHERE partner_id = current_setting('entrepot.partner')::bigint)"
_OWN_WORK = "fulfillment_order_id IN (SELECT id FROM fulfillment_order)"

# table -> which of its rows a partner may read
PARTNER_ROWS = {
    "location": "partner_id = current_setting('entrepot.partner')::bigint",
    "stock_level": _OWN_LOCATION,
    "fulfillment_order": _OWN_LOCATION,
    "fulfillment_line": _OWN_WORK,
    "fulfillment_event": _OWN_WORK,
}


def make_policies() -> None:
    """Row-level security with the policies above; run as owner after every migrate, repeating it changes nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname FROM pg_roles WHERE rolname IN ('entrepot_app', 'entrepot_partner', 'entrepot_readonly')")
        roles = {name for (name,) in cursor.fetchall()}
        for table, own in PARTNER_ROWS.items():
            cursor.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            for role in ("entrepot_app", "entrepot_readonly"):
                cursor.execute(f"DROP POLICY IF EXISTS {role}_all ON {table}")
                if role in roles:
                    cursor.execute(f"CREATE POLICY {role}_all ON {table} TO {role} USING (true) WITH CHECK (true)")
            cursor.execute(f"DROP POLICY IF EXISTS partner_own ON {table}")
            if "entrepot_partner" in roles:
                cursor.execute(f"CREATE POLICY partner_own ON {table} FOR SELECT TO entrepot_partner USING ({own})")
                cursor.execute(f"GRANT SELECT ON {table} TO entrepot_partner")
