"""Publish, revise, end: items, offers, groups and live pages.

eBay has no safe repeat of its own, so every step looks first: an item is named by our SKU, an offer is found by it, a
group has our key. Source: docs/sources/ebay.md#inventory
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from entrepot.base.ids import RemoteId, Sku
from entrepot.channels.contract import Group, OfferContent, Outcome, Problem, Receipt, Refused, Unavailable, Wanted
from entrepot.channels.reading import optional, text, whole
from entrepot.connectors.ebay import codes, read, write
from entrepot.connectors.ebay.session import Session, receipt, refused

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Staged:
    """An offer that eBay has, ready to be published; ``live``: it was before."""

    content: OfferContent
    offer_id: str
    live: bool


class Publishing(Session):
    _location_known = False

    def publish(self, offers: Sequence[OfferContent]) -> list[Receipt]:
        """Make each offer live, at the quantity it says. What a lost answer left behind is found and used (F3)."""
        self._ensure_location()
        return self.in_turn(packages(offers), self._publish)

    def revise(self, offers: Sequence[OfferContent]) -> list[Receipt]:
        """Make content and price equal these. The quantity shown is not touched: see ``_revise_offer``."""
        return self.in_turn(packages(offers), self._revise)

    def end(self, offers: Sequence[Wanted]) -> list[Receipt]:
        """Take each offer off sale; one that is not live is done already."""
        leaving = frozenset(one.sku for one in offers)
        return self.in_turn([[one] for one in offers], lambda package: [self._end(package[0], leaving)])

    # --- publish ---------------------------------------------------------------------------------------------------

    def _publish(self, package: Sequence[OfferContent]) -> list[Receipt]:
        of = package[0].group
        if of is None:
            staged = self._stage(package[0])
            if staged.live:
                return [receipt(staged.content, Outcome.ACCEPTED, staged.offer_id)]
            return [_published(staged, self.client.publish_offer(staged.offer_id))]
        receipts: list[Receipt] = []
        ready: list[OfferContent] = []
        for content in package:
            try:
                self._put_item(content, write.available(content.quantity))
                ready.append(content)
            except Refused as no:
                receipts.append(refused(content, no))
        return receipts + (self._publish_group(of, ready) if ready else [])

    def _publish_group(self, of: Group, contents: Sequence[OfferContent]) -> list[Receipt]:
        self._put_group(of, contents)
        receipts: list[Receipt] = []
        new: list[Staged] = []
        for content in contents:
            try:
                staged = self._stage_offer(content)
            except Refused as no:
                receipts.append(refused(content, no))
                continue
            if staged.live:
                receipts.append(receipt(content, Outcome.ACCEPTED, staged.offer_id))
            else:
                new.append(staged)
        if not new:
            return receipts
        try:
            answer = self.client.publish_group(of.key, self.marketplace)
        except Refused as no:
            return receipts + [refused(staged.content, no) for staged in new]
        return receipts + [_published(staged, answer) for staged in new]

    def _stage(self, content: OfferContent) -> Staged:
        self._put_item(content, write.available(content.quantity))
        return self._stage_offer(content)

    def _stage_offer(self, content: OfferContent) -> Staged:
        existing = self._offer(content.sku)
        if existing is not None:
            offer_id = text(existing, "offerId")
            self._update_offer(offer_id, existing, content, content.quantity)
            return Staged(content, offer_id, read.is_live(existing))
        wanted = write.new_offer(content, self.terms, content.quantity)
        try:
            return Staged(content, text(self.client.create_offer(wanted, self._locale(content)), "offerId"), live=False)
        except Refused as no:
            if no.code != codes.ALREADY_EXISTS or self._offer(content.sku) is None:
                raise
            return self._stage_offer(content)  # it came to be between the look and the call

    # --- revise ----------------------------------------------------------------------------------------------------

    def _revise(self, package: Sequence[OfferContent]) -> list[Receipt]:
        receipts: list[Receipt] = []
        known: list[OfferContent] = []
        for content in package:
            try:
                receipts.append(self._revise_one(content))
                known.append(content)
            except Refused as no:
                receipts.append(refused(content, no))
        if package[0].group is not None and known:
            self._put_group(package[0].group, known)
        return receipts

    def _revise_one(self, content: OfferContent) -> Receipt:
        existing, item = self._offer(content.sku), self.client.get_item(content.sku)
        if existing is None or item is None:
            problem = Problem("not_published", "eBay has no offer of this SKU: publish it first.", "sku", content.sku)
            return receipt(content, Outcome.REFUSED, problems=(problem,))
        kept = write.kept_availability(item)
        if not write.same(write.item(content, kept), item):
            self._put_item(content, kept)
        offer_id = text(existing, "offerId")
        self._revise_offer(offer_id, existing, content)
        return receipt(content, Outcome.ACCEPTED, offer_id)

    def _revise_offer(self, offer_id: str, existing: Json, content: OfferContent) -> None:
        """A price alone goes by the call that names no quantity. Anything else replaces the whole offer.

        That needs the quantity as it was read a moment ago: a sale between the two calls is shown again by one unit,
        until the next availability. So the offer is only replaced when something else in it really differs.
        """
        wanted = write.offer(content, self.terms, 0)
        del wanted["availableQuantity"]
        if write.same(wanted, existing):
            return
        if write.same({**wanted, "pricingSummary": {}}, existing):
            entries = self.client.update_price_quantity(write.price_quantity(content.sku, offer_id, money=content.price))
            _raise_refusals(entries)
            return
        self._update_offer(offer_id, existing, content, existing.get("availableQuantity"))

    # --- end -------------------------------------------------------------------------------------------------------

    def _end(self, wanted: Wanted, leaving: frozenset[Sku]) -> Receipt:
        existing = self._offer(wanted.sku)
        if existing is None:
            return receipt(wanted, Outcome.LIVE)
        offer_id = text(existing, "offerId")
        if not read.is_live(existing):
            return receipt(wanted, Outcome.LIVE, offer_id)
        key = read.group_key(self.client.get_item(wanted.sku))
        of = self.client.get_group(key) if key else None
        if of is None:
            self.client.withdraw_offer(offer_id)
            return receipt(wanted, Outcome.LIVE, offer_id)
        staying = [sku for sku in read.listed(of, "variantSKUs") if sku not in leaving]
        if not any(self._is_live(sku) for sku in staying):
            self.client.withdraw_group(str(key), self.marketplace)
            return receipt(wanted, Outcome.LIVE, offer_id)
        return self._take_out(wanted, offer_id, str(key), of)

    def _take_out(self, wanted: Wanted, offer_id: str, key: str, of: Json) -> Receipt:
        """Take one variation off a page that goes on: zero at once, then out of the group.

        eBay keeps a variation that has sold on the page; it then stays there at zero, and the receipt says so.
        """
        _raise_refusals(self.client.update_price_quantity(write.price_quantity(wanted.sku, offer_id, quantity=0)))
        others = [sku for sku in read.listed(of, "variantSKUs") if sku != wanted.sku]
        found = self.client.get_items(others)
        members = {sku: read.aspects(found.get(sku)) for sku in others}
        try:
            self.client.put_group(key, write.without(of, members), codes.locale(self.marketplace, self.access.language))
        except Refused as no:
            note = Problem("kept_at_zero", f"eBay keeps this variation on the page at zero: {no.message}", "quantity", "0")
            return receipt(wanted, Outcome.LIVE, offer_id, (note,))
        return receipt(wanted, Outcome.LIVE, offer_id)

    # --- steps they share ------------------------------------------------------------------------------------------

    def _offer(self, sku: str) -> Json | None:
        return read.offer_of(self.client.get_offers(sku), self.marketplace)

    def _is_live(self, sku: str) -> bool:
        existing = self._offer(sku)
        return existing is not None and read.is_live(existing)

    def _locale(self, content: OfferContent) -> str:
        return codes.locale(self.marketplace, content.language)

    def _put_item(self, content: OfferContent, availability: Json) -> None:
        self.client.put_item(content.sku, write.item(content, availability), self._locale(content))

    def _update_offer(self, offer_id: str, existing: Json, content: OfferContent, quantity: int | None) -> None:
        """Replace an offer; what others set in it and we do not manage (tax, store categories, ...) stays."""
        wanted = write.offer(content, self.terms, quantity or 0)
        if quantity is None:
            del wanted["availableQuantity"]
        self.client.update_offer(offer_id, {**write.kept_of_offer(existing), **wanted}, self._locale(content))

    def _put_group(self, of: Group, contents: Sequence[OfferContent]) -> None:
        """Make the group hold these members and those it has that are still ours; nothing is sent when it does already."""
        existing = self.client.get_group(of.key) or {}
        members: dict[str, Json] = {content.sku: write.aspects(content) for content in contents}
        others = [sku for sku in read.listed(existing, "variantSKUs") if sku in of.members and sku not in members]
        members.update({sku: read.aspects(item) for sku, item in self.client.get_items(others).items()})
        ordered = {sku: members[sku] for sku in (*of.members, *members) if sku in members}
        wanted = write.group(of, ordered)
        if not write.same(wanted, existing):
            self.client.put_group(of.key, wanted, self._locale(contents[0]))

    def _ensure_location(self) -> None:
        """eBay publishes nothing without a place it ships from; asked for once an account is opened."""
        if self._location_known:
            return
        key = self.terms.location
        if self.client.get_location(key) is None:
            self.client.create_location(key, write.location(self.given, codes.country(self.marketplace)))
        self._location_known = True


def packages(offers: Iterable[OfferContent]) -> list[list[OfferContent]]:
    """Single offers each alone, members of a group together, in the order they came."""
    found: dict[str, list[OfferContent]] = {}
    for content in offers:
        name = f"group {content.group.key}" if content.group else f"sku {content.sku}"
        found.setdefault(name, []).append(content)
    return list(found.values())


def _published(staged: Staged, answer: Json) -> Receipt:
    """Raises: Unreadable when the answer names no listing: then nothing says that it is live."""
    text(answer, "listingId")
    return receipt(staged.content, Outcome.LIVE, RemoteId(staged.offer_id), codes.problems(answer.get("warnings")))


def _raise_refusals(entries: Iterable[Json]) -> None:
    """Raises: Refused when an entry of a bulk answer is refused, Unavailable when eBay failed on it itself."""
    for entry in entries:
        status = whole(entry, "statusCode")
        if status < 300:
            continue
        errors = optional(entry, "errors")
        first = next(iter(codes.problems(errors)), Problem("", f"refused: {status}"))
        if status >= 500:
            raise Unavailable(first.message, code=first.code or "unavailable")
        raise Refused(first.message, code=first.code, errors=errors)
