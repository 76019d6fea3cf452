from django.db import migrations

# The second wall (DESIGN 2, roles): the app sees all; a partner's request runs as entrepot_partner with entrepot.partner
# set for its transaction, and a missing setting is an error, never "all". RLS binds neither the owner nor a role without
# a policy here.
POLICIES = """
ALTER TABLE location ENABLE ROW LEVEL SECURITY;
ALTER TABLE stock_level ENABLE ROW LEVEL SECURITY;
ALTER TABLE fulfillment_order ENABLE ROW LEVEL SECURITY;
ALTER TABLE fulfillment_line ENABLE ROW LEVEL SECURITY;
ALTER TABLE fulfillment_event ENABLE ROW LEVEL SECURITY;

CREATE POLICY app_all ON location TO PUBLIC USING (current_user <> 'entrepot_partner') WITH CHECK (current_user <> 'entrepot_partner');
CREATE POLICY app_all ON stock_level TO PUBLIC USING (current_user <> 'entrepot_partner') WITH CHECK (current_user <> 'entrepot_partner');
CREATE POLICY app_all ON fulfillment_order TO PUBLIC USING (current_user <> 'entrepot_partner') WITH CHECK (current_user <> 'entrepot_partner');
CREATE POLICY app_all ON fulfillment_line TO PUBLIC USING (current_user <> 'entrepot_partner') WITH CHECK (current_user <> 'entrepot_partner');
CREATE POLICY app_all ON fulfillment_event TO PUBLIC USING (current_user <> 'entrepot_partner') WITH CHECK (current_user <> 'entrepot_partner');

CREATE POLICY partner_own ON location FOR SELECT TO PUBLIC
    USING (current_user = 'entrepot_partner' AND partner_id = current_setting('entrepot.partner')::bigint);
CREATE POLICY partner_own ON stock_level FOR SELECT TO PUBLIC
    USING (current_user = 'entrepot_partner'
           AND location_id IN (SELECT id FROM location WHERE partner_id = current_setting('entrepot.partner')::bigint));
CREATE POLICY partner_own ON fulfillment_order FOR SELECT TO PUBLIC
    USING (current_user = 'entrepot_partner'
           AND location_id IN (SELECT id FROM location WHERE partner_id = current_setting('entrepot.partner')::bigint));
CREATE POLICY partner_own ON fulfillment_line FOR SELECT TO PUBLIC
    USING (current_user = 'entrepot_partner' AND fulfillment_order_id IN (SELECT id FROM fulfillment_order));
CREATE POLICY partner_own ON fulfillment_event FOR SELECT TO PUBLIC
    USING (current_user = 'entrepot_partner' AND fulfillment_order_id IN (SELECT id FROM fulfillment_order));

DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'entrepot_partner') THEN
        GRANT SELECT ON location, stock_level, fulfillment_order, fulfillment_line, fulfillment_event TO entrepot_partner;
    END IF;
END $$;
"""

BACK = """
DROP POLICY partner_own ON fulfillment_event; DROP POLICY partner_own ON fulfillment_line;
DROP POLICY partner_own ON fulfillment_order; DROP POLICY partner_own ON stock_level; DROP POLICY partner_own ON location;
DROP POLICY app_all ON fulfillment_event; DROP POLICY app_all ON fulfillment_line;
DROP POLICY app_all ON fulfillment_order; DROP POLICY app_all ON stock_level; DROP POLICY app_all ON location;
ALTER TABLE fulfillment_event DISABLE ROW LEVEL SECURITY; ALTER TABLE fulfillment_line DISABLE ROW LEVEL SECURITY;
ALTER TABLE fulfillment_order DISABLE ROW LEVEL SECURITY; ALTER TABLE stock_level DISABLE ROW LEVEL SECURITY;
ALTER TABLE location DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    dependencies = [("fulfillment", "0001_initial")]
    operations = [migrations.RunSQL(POLICIES, BACK)]
