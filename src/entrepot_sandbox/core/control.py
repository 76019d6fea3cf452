"""The control plane under /_sandbox: buy, look at the world, turn the clock, plan faults, start over."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from entrepot_sandbox.core import page
from entrepot_sandbox.core.clock import iso
from entrepot_sandbox.core.faults import Fault, UnknownFault, fault_from
from entrepot_sandbox.core.http import BadBody, Request, Response
from entrepot_sandbox.core.world import CannotCancel, NotEnoughLeft, UnknownOrder, UnknownSku

if TYPE_CHECKING:
    from entrepot_sandbox.core.marketplace import Marketplace

log = logging.getLogger(__name__)
PREFIX = "/_sandbox"
MOST_BUYERS = 100_000
MOST_BY_HAND = 1_000
FEWEST_AN_HOUR = 0.001
Body = Mapping[str, Any]


class BadRequest(ValueError):
    """A control call that says something the sandbox cannot do."""


def concerns(request: Request) -> bool:
    """Whether a request is for the control plane or its page; the bare root is the page's door."""
    if request.raw_path == "/":
        return request.method == "GET"
    return request.raw_path == PREFIX or request.raw_path.startswith(f"{PREFIX}/")


def answer(market: Marketplace, request: Request) -> Response:
    """Answer a control call; the error body says what to change."""
    try:
        return _answered(market, request)
    except (BadBody, BadRequest, UnknownFault) as error:
        return Response.json({"error": str(error)}, 400)
    except UnknownSku as error:
        return Response.json({"error": f"unknown SKU {error}"}, 404)
    except UnknownOrder as error:
        return Response.json({"error": f"unknown order {error}"}, 404)
    except NotEnoughLeft as error:
        return Response.json({"left": error.left}, 409)
    except CannotCancel as error:
        return Response.json({"error": str(error)}, 409)
    except Exception:
        log.exception("%s %s %s went wrong", market.name, request.method, request.raw_path)
        return Response.json({"error": "the sandbox went wrong; its log says where"}, 500)


def _answered(market: Marketplace, request: Request) -> Response:
    path = request.raw_path[len(PREFIX) :].strip("/")
    if request.method == "GET" and request.raw_path == "/":
        return Response(303, {"location": f"{PREFIX}/"})
    if request.method == "GET" and path in ("", "part"):
        return page.answer(market, request, part=path == "part")
    if request.method == "POST" and path == "page":
        return page.press(market, request)
    if request.method == "GET" and path in READS:
        return Response.json(READS[path](market))
    if request.method != "POST" or path not in WRITES:
        known = sorted({*READS, *WRITES})
        return Response.json({"error": f"no such control address; known: {', '.join(known)}"}, 404)
    body = request.json()
    if not isinstance(body, dict):
        raise BadRequest("the body is a JSON object")
    return Response.json(WRITES[path](market, body))


def world(market: Marketplace) -> dict[str, Any]:
    """What a buyer would see, and every order line. Reading it changes nothing."""
    listings = [
        {
            "sku": shown.sku,
            "title": shown.title,
            "price": float(shown.price),
            "currency": shown.currency,
            "quantity": shown.quantity,
            "live": shown.live,
        }
        for shown in market.shown()
    ]
    orders = [
        {
            "id": line.id,
            "sku": line.sku,
            "quantity": line.quantity,
            "status": line.status,
            "shipped": line.shipped,
            "canceled": line.canceled,
        }
        for line in market.bought()
    ]
    return {"listings": listings, "orders": orders}


def plan(market: Marketplace, fault: Fault) -> None:
    """Plan a fault; a change by hand (F14) is done at once.

    Raises: UnknownSku, UnknownFault.
    """
    if fault.name != "F14":
        market.faults.add(fault)
        return
    if (fault.times or 1) > MOST_BY_HAND:
        raise UnknownFault(f"F14 happens at once, at most {MOST_BY_HAND} times")
    for _ in range(fault.times or 1):
        live = [shown for shown in market.shown() if shown.live]
        sku = str(fault.own.get("sku") or "") or (market.random.choice(live).sku if live else None)
        if sku is None:
            raise UnknownFault("F14 needs a live listing")
        now = next((shown.quantity for shown in market.shown() if shown.sku == sku), 0)
        market.set_by_hand(sku, _whole(fault.own, "quantity", default=now + 5, least=0))
        market.faults.thrown["F14"] = market.faults.thrown.get("F14", 0) + 1


def _state(market: Marketplace) -> dict[str, Any]:
    quotas = {}
    for bucket in market.quotas.limits:
        for who in market.quota_holders():
            level = market.quotas.level(bucket, who)
            if level is not None:
                quotas[bucket] = {"limit": level.limit, "left": level.left, "full_at": iso(level.full_at)}
    return {
        "now": iso(market.clock.now()),
        "speed": market.clock.speed,
        "seed": market.seed,
        "delays": market.delay,
        "quotas": quotas,
        "buyers": {"per_hour": market.buyers.per_hour, "bought": market.buyers.bought, "too_late": market.buyers.too_late},
        "faults": {"waiting": [fault.as_json() for fault in market.faults.waiting()], "thrown": market.faults.thrown},
        "notifications": {"delivered": market.outbox.delivered, "given_up": len(market.outbox.given_up)},
    }


def _buy(market: Marketplace, body: Body) -> Body:
    country = body.get("country")
    quantity = _whole(body, "quantity", default=1, least=1)
    return {"order_id": market.buy(_text(body, "sku"), quantity, str(country) if country else None)}


def _cancel(market: Marketplace, body: Body) -> Body:
    market.cancel(_text(body, "order_id"), request_only=bool(body.get("request_only")))
    return {"order_id": _text(body, "order_id")}


def _clock(market: Marketplace, body: Body) -> Body:
    if "speed" in body:
        market.clock.speed = _number(body, "speed")
    market.clock.advance(_number(body, "advance_s", default=0))
    return {"now": iso(market.clock.now())}


def _faults(market: Marketplace, body: Body) -> Body:
    if body:
        plan(market, fault_from(body))
    else:
        market.clear_faults()
    return {"waiting": [fault.as_json() for fault in market.faults.waiting()]}


def _reset(market: Marketplace, body: Body) -> Body:
    market.reset(_whole(body, "seed", default=market.seed, least=0))
    return {"seed": market.seed, "listings": len(market.shown())}


def _delays(market: Marketplace, body: Body) -> Body:
    unknown = set(body) - set(market.delay)
    if unknown:
        raise BadRequest(f"unknown delay {', '.join(sorted(unknown))}; known: {', '.join(market.delay)}")
    market.delay.update({name: _number(body, name) for name in body})
    return market.delay


def _buyers(market: Marketplace, body: Body) -> Body:
    if "per_hour" in body:
        per_hour = _number(body, "per_hour", most=MOST_BUYERS)
        if 0 < per_hour < FEWEST_AN_HOUR:
            raise BadRequest(f"per_hour is 0, or at least {FEWEST_AN_HOUR}")
        market.buyers.set_rate(per_hour)
    for kind in ("burst", "race"):
        wish = body.get(kind)
        if wish is None:
            continue
        if not isinstance(wish, dict):
            raise BadRequest(f"{kind} is an object")
        buyers, quantity = _whole(wish, "buyers", default=1, least=1, most=MOST_BUYERS), _whole(wish, "quantity", default=1, least=1)
        if kind == "race":
            return market.buyers.race(buyers, _text(wish, "sku"), quantity)
        sku = _text(wish, "sku") if "sku" in wish else None
        market.buyers.burst(buyers, _number(wish, "within_s", default=10), sku, quantity)
    return {"per_hour": market.buyers.per_hour, "bought": market.buyers.bought, "too_late": market.buyers.too_late}


def _told(market: Marketplace, body: Body) -> Body:
    listings, score = body.get("listings", {}), body.get("score", {})
    if not isinstance(listings, dict) or not isinstance(score, dict):
        raise BadRequest("listings is an object by SKU, score an object")
    market.told.listings.update({sku: said for sku, said in listings.items() if isinstance(said, dict)})
    market.told.score.update(score)
    return {"listings": len(market.told.listings)}


READS: Mapping[str, Callable[[Marketplace], Body]] = {"world": world, "state": _state}
WRITES: Mapping[str, Callable[[Marketplace, Body], Body]] = {
    "buy": _buy,
    "cancel": _cancel,
    "clock": _clock,
    "faults": _faults,
    "reset": _reset,
    "delays": _delays,
    "buyers": _buyers,
    "told": _told,
}


def _text(body: Body, name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise BadRequest(f"{name} is a text")
    return value


def _number(body: Body, name: str, default: float | None = None, *, most: float = 1e10) -> float:
    value = body.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
        raise BadRequest(f"{name} is a number from 0 to {most:,.0f}")
    return float(value)


def _whole(body: Body, name: str, *, default: int, least: int, most: int = 2**63) -> int:
    value = body.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise BadRequest(f"{name} is a whole number from {least} to {most:,}")
    return value
