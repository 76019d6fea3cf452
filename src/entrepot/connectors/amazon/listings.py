"""Offers: publish, revise, end, show a quantity, read back. Listings Items 2021-08-01.

Amazon takes one SKU a call and only queues the change (ACCEPTED); whether it is live is learned by reading back.
Source: docs/sources/amazon.md#listings
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from entrepot.base.ids import OfferId, RemoteId, Sku
from entrepot.channels.contract import Listing, OfferContent, Outcome, Problem, Receipt, Refused, Unreadable, Wanted
from entrepot.channels.reading import amount, instant, items, optional, text, whole
from entrepot.channels.transport import body
from entrepot.connectors.amazon import attributes, codes
from entrepot.connectors.amazon.attributes import Store
from entrepot.connectors.amazon.batch import one_by_one, problems_of
from entrepot.connectors.amazon.client import Client
from entrepot.connectors.amazon.product_types import ProductTypes

PATH = ("listings", "2021-08-01", "items")
READ_BACK = "summaries,issues,offers,fulfillmentAvailability,relationships"
SKUS_A_SEARCH = 20
PAGED_THROUGH = 1000  # Amazon shows no more than this many results of one search
ANY_TYPE = "PRODUCT"  # the product type that patches of price and quantity alone may name


# --- Amazon's JSON -> our words ----------------------------------------------------------------------------------


def receipt(raw: Any, offer: OfferId, version: int = 0) -> Receipt:
    """The answer to a put, patch or delete. ACCEPTED is queued, not live; an unknown status is kept as a problem."""
    status = text(raw, "status")
    outcome = {"ACCEPTED": Outcome.ACCEPTED, "INVALID": Outcome.REFUSED}.get(status, Outcome.UNKNOWN)
    problems = problems_in(raw)
    if outcome is Outcome.UNKNOWN:
        problems = (Problem("status", f"Amazon answered with the status {status}", value=status), *problems)
    named = optional(raw, "identifiers")
    asin = next((found for entry in named if (found := optional(entry, "asin"))), None) if isinstance(named, list) else None
    return Receipt(offer, outcome, version, remote_id=RemoteId(asin) if asin else None, problems=problems)


def problems_in(raw: Any) -> tuple[Problem, ...]:
    """The issues that keep an offer from being sold: errors, and whatever Amazon acts on. One problem a field named."""
    issues = optional(raw, "issues")
    found = []
    for issue in issues if isinstance(issues, list) else []:
        if optional(issue, "severity") == "ERROR" or _enforced(issue):
            names = optional(issue, "attributeNames") or [""]
            code, message = str(optional(issue, "code") or ""), str(optional(issue, "message") or "")
            found += [Problem(code, message, field=codes.field_of(name) if name else "") for name in names]
    return tuple(found)


def _enforced(issue: Any) -> bool:
    actions = optional(issue, "enforcements.actions")
    return bool(actions) and optional(issue, "enforcements.exemption.status") != "EXEMPT"


def listing(raw: Any, marketplace_id: str) -> Listing | None:
    """One item as a buyer of that store sees it; None for the page of a group (nobody can buy it) or another store's item.

    Live is what can be bought, and what is found but sold out; found with stock yet not for sale is suppressed. The
    quantity is Amazon's number even when nobody can buy, because it is on sale again as soon as the reason is gone.
    Raises: Unreadable, naming the path.
    """
    summary = _of_store(optional(raw, "summaries"), marketplace_id)
    if summary is None or _is_parent(raw):
        return None
    stock = optional(raw, "fulfillmentAvailability")
    own = [entry for entry in stock if optional(entry, "fulfillmentChannelCode") == attributes.OWN_STOCK] if isinstance(stock, list) else []
    quantity = whole(own[0], "quantity") if own and optional(own[0], "quantity") is not None else 0
    status = items(summary, "status")
    offer = _of_store(optional(raw, "offers"), marketplace_id)
    asin = optional(summary, "asin")
    return Listing(
        sku=Sku(text(raw, "sku")),
        live="BUYABLE" in status or ("DISCOVERABLE" in status and quantity == 0),
        quantity=quantity,
        price=amount(offer, "price.amount", text(offer, "price.currencyCode")) if offer else None,
        title=str(optional(summary, "itemName") or ""),
        remote_id=RemoteId(asin) if asin else None,
        problems=problems_in(raw),
    )


def _of_store(entries: Any, marketplace_id: str) -> Mapping[str, Any] | None:
    """The entry for this store; of several (business prices) the one for everybody."""
    listed: list[Mapping[str, Any]] = entries if isinstance(entries, list) else []
    found = [entry for entry in listed if optional(entry, "marketplaceId") == marketplace_id]
    everybody = [entry for entry in found if optional(entry, "offerType") != "B2B"]
    return next(iter(everybody or found), None)


def _is_parent(raw: Any) -> bool:
    stores = optional(raw, "relationships")
    relations = [relation for store in stores for relation in optional(store, "relationships") or []] if isinstance(stores, list) else []
    return any(optional(relation, "type") == "VARIATION" and optional(relation, "childSkus") for relation in relations)


# --- the abilities -----------------------------------------------------------------------------------------------


class Listings:
    """PublishesOffers, RevisesOffers, EndsOffers, SetsAvailability, ReadsListings."""

    def __init__(self, client: Client, store: Store, types: ProductTypes, issue_locale: str) -> None:
        self._client = client
        self._types = types
        self._store = store
        self._query = {"marketplaceIds": store.marketplace_id, "issueLocale": issue_locale}

    def publish(self, offers: Sequence[OfferContent]) -> list[Receipt]:
        """Put each offer under its SKU, a group's page first. A put is whole, so a repeat leaves one offer (F3)."""
        pages: dict[str, Receipt] = {}
        for offer in offers:
            if offer.group is not None and offer.group.key not in pages:
                pages[offer.group.key] = self._page(offer, self._put_page)

        def put(offer: OfferContent) -> Receipt:
            page = pages[offer.group.key] if offer.group else None
            if page is not None and page.outcome is Outcome.REFUSED:
                return replace(page, offer=offer.offer)
            return self._put(offer.sku, offer, attributes.new_offer(offer, self._store, self._themes(offer)), "LISTING")

        return one_by_one(offers, put, _of_content)

    def revise(self, offers: Sequence[OfferContent]) -> list[Receipt]:
        """Patch what differs from what Amazon shows, and nothing else; an offer that is right already is LIVE."""
        pages: dict[str, Receipt] = {}
        for offer in offers:
            if offer.group is not None and offer.group.key not in pages:
                pages[offer.group.key] = self._page(offer, self._patch_page)

        def patch(offer: OfferContent) -> Receipt:
            page = pages[offer.group.key] if offer.group else None
            made = self._patch(offer.sku, offer.offer, attributes.content(offer, self._store, self._themes(offer)))
            if page is not None and page.outcome is Outcome.REFUSED:
                return replace(made, outcome=Outcome.REFUSED, problems=(*page.problems, *made.problems))
            return made

        return one_by_one(offers, patch, _of_content)

    def end(self, offers: Sequence[Wanted]) -> list[Receipt]:
        """Delete each offer. One that is already gone counts as done."""

        def delete(offer: Wanted) -> Receipt:
            try:
                answer = self._client.call("deleteListingsItem", "DELETE", *self._item(offer.sku), params=self._query)
            except Refused as no:
                if no.status != 404:
                    raise
                return Receipt(offer.offer, Outcome.LIVE, offer.version)
            return receipt(body(answer), offer.offer, offer.version)

        return one_by_one(offers, delete, _of_wanted)

    def set_availability(self, wanted: Sequence[Wanted]) -> list[Receipt]:
        """Merge each quantity into the seller's own stock; lead time and restock date stay. ACCEPTED, not LIVE."""

        def show(offer: Wanted) -> Receipt:
            path = f"/attributes/{attributes.QUANTITY}"
            changes = [{"op": "merge", "path": path, "value": [attributes.quantity(offer.quantity)]}]
            if offer.price is not None:
                value = [attributes.price(offer.price, self._store)]
                changes.append({"op": "merge", "path": f"/attributes/{attributes.PRICE}", "value": value})
            return receipt(self._send_patch(offer.sku, ANY_TYPE, changes), offer.offer, offer.version)

        return one_by_one(wanted, show, _of_wanted)

    def read_listings(self, skus: Sequence[Sku]) -> list[Listing]:
        """What the store shows now for these SKUs; a SKU it does not know is left out."""
        found = []
        listed = [sku for sku in skus if "," not in sku]  # the search takes a list with commas
        for start in range(0, len(listed), SKUS_A_SEARCH):
            query = {"identifiersType": "SKU", "identifiers": ",".join(listed[start : start + SKUS_A_SEARCH])}
            found += [shown for raw in self._search(query) if (shown := listing(raw, self._store.marketplace_id))]
        for sku in skus:
            if "," in sku and (raw := self._read(sku, READ_BACK)) is not None and (one := listing(raw, self._store.marketplace_id)):
                found.append(one)
        return found

    def all_listings(self) -> Iterable[Listing]:
        """Every listing of the account in this store, streamed, oldest first.

        Amazon pages through 1,000 results; then the search starts again at the creation time of the last one.
        """
        since, seen = "", set[str]()
        while True:
            query = {"sortBy": "createdDate", "sortOrder": "ASC", **({"createdAfter": since} if since else {})}
            count, again = 0, since
            for raw in self._search(query):
                count += 1
                summary = _of_store(optional(raw, "summaries"), self._store.marketplace_id)
                if summary is None or (sku := text(raw, "sku")) in seen:
                    continue
                created = text(summary, "createdDate")
                instant(summary, "createdDate")  # read only to refuse what is no time, before it is sent back
                if created != again:
                    again, seen = created, set()
                seen.add(sku)
                if shown := listing(raw, self._store.marketplace_id):
                    yield shown
            if count < PAGED_THROUGH:
                return
            if again == since:
                raise Unreadable("items", "more listings were made in one instant than Amazon lets us page through")
            since = again

    # one SKU

    def _put(self, sku: Sku, offer: OfferContent, made: attributes.Attributes, requirements: str) -> Receipt:
        request = {"productType": attributes.product_type(offer, self._store), "requirements": requirements, "attributes": made}
        query = {**self._query, "includedData": "identifiers,issues"}
        return receipt(body(self._client.call("putListingsItem", "PUT", *self._item(sku), params=query, json=request)), offer.offer)

    def _patch(self, sku: Sku, offer: OfferId, wanted: attributes.Attributes) -> Receipt:
        raw = self._read(sku, "summaries,attributes")
        if raw is None:
            raise Refused(f"Amazon has no listing with the SKU {sku}; publish it again", code="not_listed", status=404)
        changes = attributes.patches(wanted, optional(raw, "attributes") or {}, self._store)
        if not changes:
            return Receipt(offer, Outcome.LIVE)
        summary = _of_store(optional(raw, "summaries"), self._store.marketplace_id)
        return receipt(self._send_patch(sku, text(summary, "productType") if summary else ANY_TYPE, changes), offer)

    def _send_patch(self, sku: Sku, product_type: str, changes: Sequence[Mapping[str, Any]]) -> Any:
        query = {**self._query, "includedData": "identifiers,issues"}
        request = {"productType": product_type, "patches": changes}
        return body(self._client.call("patchListingsItem", "PATCH", *self._item(sku), params=query, json=request))

    def _read(self, sku: Sku, included: str) -> Any:
        """The item, None when Amazon does not know the SKU."""
        try:
            return self._client.read("getListingsItem", "GET", *self._item(sku), params={**self._query, "includedData": included})
        except Refused as no:
            if no.status == 404:
                return None
            raise

    def _search(self, query: Mapping[str, str]) -> Iterable[Any]:
        """The items of all pages of one search. Raises: Unreadable when a page points back to one already read (F6)."""
        params = {**self._query, "includedData": READ_BACK, "pageSize": str(SKUS_A_SEARCH), **query}
        seen = set[str]()
        while True:
            page = self._client.read("searchListingsItems", "GET", *PATH, self._client.seller_id, params=params)
            yield from items(page, "items")
            token = optional(page, "pagination.nextToken")
            if not token:
                return
            if token in seen:
                raise Unreadable("pagination.nextToken", "the pages of the listings go round in a circle")
            seen.add(token)
            params = {**params, "pageToken": token}

    # one group

    def _page(self, offer: OfferContent, send: Callable[[OfferContent], Receipt]) -> Receipt:
        """What became of a group's page; a refusal is an answer for all its members, any other error stops the batch."""
        try:
            return send(offer)
        except Refused as no:
            return Receipt(offer.offer, Outcome.REFUSED, problems=problems_of(no))

    def _put_page(self, offer: OfferContent) -> Receipt:
        assert offer.group is not None
        made = attributes.parent(offer, offer.group, self._store, self._themes(offer))
        return self._put(attributes.parent_sku(offer.group), offer, made, "LISTING_PRODUCT_ONLY")

    def _patch_page(self, offer: OfferContent) -> Receipt:
        assert offer.group is not None
        made = attributes.parent(offer, offer.group, self._store, self._themes(offer))
        return self._patch(attributes.parent_sku(offer.group), offer.offer, made)

    def _themes(self, offer: OfferContent) -> list[str]:
        if offer.group is None or "variation_theme" in offer.attributes:
            return []
        return self._types.themes(attributes.product_type(offer, self._store))

    def _item(self, sku: Sku) -> tuple[str, ...]:
        return (*PATH, self._client.seller_id, sku)


def _of_content(offer: OfferContent) -> tuple[OfferId, int]:
    return offer.offer, 0


def _of_wanted(offer: Wanted) -> tuple[OfferId, int]:
    return offer.offer, offer.version
