import pytest

from entrepot_sandbox.amazon import AmazonMarketplace
from entrepot_sandbox.amazon.login import SELLER_ID
from entrepot_sandbox.amazon.shop import MARKETPLACE_ID
from entrepot_sandbox.core.http import Request
from tests.sandbox.amazon.client import Client

LONG_AGO = "2026-01-01T00:00:00Z"


@pytest.fixture
def client() -> Client:
    return Client()


def search(client: Client, **more: str):
    return client.call("searchOrders", "GET", "/orders/2026-01-01/orders", createdAfter=LONG_AGO, **more)


def test_the_token_endpoint_gives_an_hour(client):
    answer = client.login()
    assert (answer["token_type"], answer["expires_in"]) == ("bearer", 3600)
    assert answer["access_token"].startswith("Atza|")
    assert "refresh_token" in answer
    assert "refresh_token" not in client.login(grant_type="client_credentials", scope="sellingpartnerapi::notifications")


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"client_secret": "wrong"}, "invalid_client"),
        ({"refresh_token": "wrong"}, "invalid_grant"),
        ({"refresh_token": ""}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "client_credentials", "scope": "everything"}, "invalid_scope"),
    ],
)
def test_wrong_keys_get_no_token_and_are_told_why_in_both_forms(client, form, error):
    answer = client.login(**form)
    assert answer["error"] == error
    assert answer["error_description"]
    assert answer["errors"] == [{"code": error, "message": answer["error_description"]}]


@pytest.mark.parametrize("token", ["", "Atza|made-up"])
def test_no_token_and_a_foreign_token_are_refused(client, token):
    answer = client.call("searchOrders", "GET", "/orders/2026-01-01/orders", token=token, createdAfter=LONG_AGO)
    assert (answer.status, answer.parsed()["errors"][0]["code"]) == (403, "Unauthorized")


def test_f5_a_token_expires_after_an_hour_and_a_new_one_works(client):
    client.control("clock", {"advance_s": 3599})
    assert search(client).status == 200
    client.control("clock", {"advance_s": 1})
    answer = search(client)
    assert (answer.status, answer.parsed()["errors"][0]["code"]) == (403, "Unauthorized")
    assert "expired" in answer.parsed()["errors"][0]["details"]
    client.token = client.login()["access_token"]
    assert search(client).status == 200


def test_f5_a_token_expires_in_the_middle_of_the_pages(client):
    client.control("faults", {"fault": "F5", "operation": "searchOrders", "after": 1})
    assert search(client).status == 200
    assert search(client).status == 403
    client.token = client.login()["access_token"]
    assert search(client).status == 200


def test_f5_a_revoked_refresh_token_needs_the_seller(client):
    client.control("faults", {"fault": "F5", "operation": "searchOrders", "how": "refresh"})
    assert search(client).status == 403
    assert client.login()["error"] == "invalid_grant"
    client.control("faults", {})
    client.token = client.login()["access_token"]
    assert search(client).status == 200


def test_f5_a_reset_takes_a_revoked_refresh_token_back(client):
    client.control("faults", {"fault": "F5", "operation": "searchOrders", "how": "refresh"})
    assert search(client).status == 403
    client.control("reset", {"seed": 0})
    client.token = client.login()["access_token"]
    assert search(client).status == 200


def test_another_seller_is_not_ours_to_read(client):
    path = "/listings/2021-08-01/items/SOMEBODYELSE/TENT"
    answer = client.call("getListingsItem", "GET", path, marketplaceIds=MARKETPLACE_ID)
    assert (answer.status, answer.parsed()["errors"][0]["code"]) == (403, "Unauthorized")


def test_f1_each_operation_has_its_published_rate_and_burst(client):
    client.publish("TENT")
    client.market.quotas.reset()
    answers = [client.quantity("TENT", 5) for _ in range(6)]
    assert [answer.status for answer in answers] == [200] * 5 + [429]
    assert all(answer.headers["x-amzn-RateLimit-Limit"] == "5" for answer in answers)
    assert answers[5].parsed()["errors"][0]["code"] == "QuotaExceeded"
    assert "retry-after" not in answers[5].headers
    assert client.get("TENT").status == 200
    client.control("clock", {"advance_s": 0.2})
    assert [client.quantity("TENT", 5).status for _ in range(2)] == [200, 429]


def test_f1_searches_are_short_for_three_minutes(client):
    assert [search(client).status for _ in range(21)] == [200] * 20 + [429]
    client.control("clock", {"advance_s": 178})
    assert search(client).status == 429
    client.control("clock", {"advance_s": 1})
    assert search(client).status == 200
    assert search(client).headers["x-amzn-RateLimit-Limit"] == "0.0056"


def test_f1_throttling_on_purpose_with_and_without_retry_after(client):
    client.control("faults", {"fault": "F1", "operation": "searchOrders", "times": 2, "retry_after_s": 3})
    for _ in range(2):
        answer = search(client)
        assert (answer.status, answer.headers["retry-after"]) == (429, "3")
    assert search(client).status == 200
    client.control("faults", {"fault": "F1", "operation": "*", "times": 1, "retry_after_s": None})
    answer = search(client)
    assert answer.status == 429
    assert "retry-after" not in answer.headers


@pytest.mark.parametrize("status", [500, 503])
def test_f2_the_marketplace_is_down(client, status):
    client.control("faults", {"fault": "F2", "operation": "*", "times": None, "status": status})
    assert [search(client).status for _ in range(30)] == [status] * 30
    client.control("faults", {})
    assert search(client).status == 200


def test_f3_the_work_is_done_though_the_answer_is_lost(client):
    client.publish("TENT", 3)
    order = client.get_order(client.buy("TENT"))
    client.control("faults", {"fault": "F3", "operation": "confirmShipment", "times": 1})
    path = f"/orders/v0/orders/{order['orderId']}/shipmentConfirmation"
    package = {
        "packageReferenceId": "1",
        "carrierCode": "DHL",
        "trackingNumber": "T1",
        "shipDate": LONG_AGO,
        "orderItems": [{"orderItemId": order["orderItems"][0]["orderItemId"], "quantity": 1}],
    }
    body = {"marketplaceId": MARKETPLACE_ID, "packageDetail": package}
    answer = client.market.handle(Request.make("POST", path, headers={"x-amz-access-token": client.token}, body=body))
    assert answer.drop
    assert client.control("world").parsed()["orders"][0]["shipped"] == 1


def test_an_unknown_path_is_answered_in_the_channels_form(client):
    answer = client.market.handle(Request.make("GET", "/nothing/here", headers={"x-amz-access-token": client.token}))
    assert (answer.status, answer.parsed()["errors"][0]["code"]) == (404, "NotFound")


def test_the_same_seed_gives_the_same_world_and_the_keys_stay_valid(client):
    client.control("reset", {"seed": 7})
    first = client.control("world").parsed()
    assert len(first["listings"]) == 8
    assert all(row["live"] for row in first["listings"])
    client.buy(next(row["sku"] for row in first["listings"] if row["quantity"] > 1))
    client.control("faults", {"fault": "F2", "times": None})
    client.control("reset", {"seed": 7})
    assert client.control("world").parsed() == first
    assert search(client).status == 200
    client.control("reset", {"seed": 8})
    assert client.control("world").parsed()["listings"] != first["listings"]
    client.control("reset", {"seed": 0})
    assert client.control("world").parsed() == {"listings": [], "orders": []}


def test_a_reset_makes_the_quotas_full(client):
    while search(client).status == 200:
        pass
    client.control("reset", {"seed": 0})
    assert search(client).status == 200


def test_the_product_types_and_their_schema(client):
    types = "/definitions/2020-09-01/productTypes"
    found = client.call("searchDefinitionsProductTypes", "GET", types, marketplaceIds=MARKETPLACE_ID, keywords="cup").parsed()
    assert [kind["name"] for kind in found["productTypes"]] == ["DRINKING_CUP"]
    answer = client.call("getDefinitionsProductType", "GET", f"{types}/PRODUCT", marketplaceIds=MARKETPLACE_ID, requirements="LISTING")
    link = answer.parsed()["schema"]["link"]["resource"]
    schema = client.market.handle(Request.make("GET", link.removeprefix(client.market.origin))).parsed()
    assert schema["required"] == [
        "item_name", "brand", "product_description", "condition_type", "purchasable_offer", "fulfillment_availability",
    ]  # fmt: skip
    assert client.call("getDefinitionsProductType", "GET", f"{types}/NOTHING", marketplaceIds=MARKETPLACE_ID).status == 404


def test_the_seller_sees_the_marketplaces(client):
    answer = client.call("getMarketplaceParticipations", "GET", "/sellers/v1/marketplaceParticipations").parsed()
    assert answer["payload"][0]["marketplace"]["id"] == MARKETPLACE_ID


def test_what_is_printed_is_what_a_client_needs(client):
    facts = AmazonMarketplace(client.market.clock, seed=1).facts()
    needed = {
        "url", "token_url", "client_id", "client_secret", "refresh_token", "seller_id",
        "marketplace_id", "currency", "product_type", "control_url",
    }  # fmt: skip
    assert needed <= set(facts)
    assert facts["seller_id"] == SELLER_ID


def test_f11_a_state_nobody_has_seen_before(client):
    client.publish("TENT")
    order_id = client.buy("TENT")
    client.control("faults", {"fault": "F11", "operation": "getOrder", "how": "enum", "field": "fulfillmentStatus"})
    path = f"/orders/2026-01-01/orders/{order_id}?includedData=FULFILLMENT"
    answer = client.market.handle(Request.make("GET", path, headers={"x-amz-access-token": client.token})).parsed()
    assert answer["order"]["fulfillment"]["fulfillmentStatus"] == "NEVER_SEEN_BEFORE"
