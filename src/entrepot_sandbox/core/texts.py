"""Every sentence of the buyer's page, in English and Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

LANGUAGES = ("en", "zh")
SYMBOLS: Mapping[str, str] = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "CNY": "¥", "AUD": "A$", "PLN": "zł"}
WEEKDAYS = {"en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), "zh": ("周一", "周二", "周三", "周四", "周五", "周六", "周日")}
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

TEXTS: Mapping[str, tuple[str, str]] = {
    "page": ("Sandbox: as a buyer sees it", "沙盒：买家看到的样子"),
    "sandbox": ("Sandbox", "沙盒"),
    "nothing_real": ("no real marketplace, no money", "不是真实市场，不涉及金钱"),
    "clock": ("Clock", "时钟"),
    "speed": ("Speed of the clock", "时钟速度"),
    "pause": ("Stop the clock", "停止时钟"),
    "buyers": ("Buyers an hour", "每小时买家数"),
    "no_buyers": ("No buyers", "无买家"),
    "per_hour": ("{n}/h", "{n}人/时"),
    "race": ("Race for the last unit", "抢购最后一件"),
    "faults_on": ("Faults: {n} on", "故障：{n}项开启"),
    "start_over": ("Start over", "重新开始"),
    "start_over_ask": ("Start over: listings and orders here are forgotten.", "重新开始：这里的商品和订单都会清空。"),
    "speaks": ("speaks the wire format of {wire}", "使用{wire}的接口格式"),
    "markets": ("Markets", "市场"),
    "search": ("Search like a buyer", "像买家一样搜索"),
    "orders": ("Orders {n}", "订单 {n}"),
    "other_language": ("中文", "English"),
    "sees": ("What a buyer sees now", "买家现在看到的"),
    "count": ("{shown} of {all} listings", "显示{shown}个，共{all}个商品"),
    "small_line": ("small line: what the seller’s system believes", "小字：卖家系统认为的数字"),
    "more": ("Show more", "显示更多"),
    "left": ("{n} left", "仅剩{n}件"),
    "plenty": ("more than 10", "超过10件"),
    "sold_out": ("sold out", "已售完"),
    "sold_out_button": ("Sold out", "已售完"),
    "buy": ("Buy 1", "买1件"),
    "believes": ("seller has {has}, wanted {wanted}", "卖家有{has}件，想显示{wanted}件"),
    "empty": ("Nothing is on sale here yet.", "这里还没有商品在售。"),
    "empty_how": ("What the seller publishes appears within seconds.", "卖家发布的商品几秒内就会出现。"),
    "no_match": ("Nothing here matches “{q}”.", "没有与“{q}”相符的商品。"),
    "happened": ("Just happened here", "刚刚发生"),
    "live": ("live", "实时"),
    "nothing_yet": ("Nothing yet.", "还没有。"),
    "score": ("Score since the start", "开始以来的成绩"),
    "score_orders": ("Orders", "订单"),
    "score_units": ("Units sold", "售出件数"),
    "score_late": ("Came too late", "来晚的买家"),
    "score_canceled": ("Units canceled", "取消件数"),
    "score_twice": ("Units sold twice", "重复售出件数"),
    "score_without": ("without guard: {n}", "无保护时：{n}"),
    "score_untold": ("the seller’s system has not said", "卖家系统尚未报告"),
    "score_faults": ("Faults thrown", "已触发故障"),
    "score_kinds": ("· kinds: {n}", "· 共{n}种"),
    "seed": ("Seed {n}", "种子 {n}"),
    "faults": ("Faults", "故障"),
    "faults_sub": ("for the next calls", "作用于接下来的调用"),
    "fault_duplicate": ("Every notification comes twice", "每条通知发送两次"),
    "fault_lost": ("Notifications get lost", "通知丢失"),
    "fault_throttle": ("The next 5 calls are throttled", "接下来5次调用被限流"),
    "fault_down": ("The marketplace is down", "市场宕机"),
    "fault_reply": ("3 answers are lost after the work is done", "工作完成后丢失3次应答"),
    "fault_cut": ("3 answers are cut in the middle", "3次应答中途被截断"),
    "fault_login": ("The login expires now", "登录立即过期"),
    "fault_rejected": ("The next change is accepted, then rejected", "下一次修改先接受后拒绝"),
}

# What happened -> (headline, small line), in each language; a value that is missing shows as nothing.
HAPPENED: Mapping[str, tuple[tuple[str, str], tuple[str, str]]] = {
    "published": (("{sku} is on sale, {quantity} left", "published by the seller"), ("{sku}开始销售，共{quantity}件", "卖家发布")),
    "revised": (("{sku} was rewritten, {quantity} left", "written by the seller"), ("{sku}已重写，共{quantity}件", "卖家写入")),
    "quantity": (("{sku}: quantity is now {quantity}", "written by the seller"), ("{sku}：数量改为{quantity}", "卖家写入")),
    "price": (("{sku}: price is now {price} {currency}", "written by the seller"), ("{sku}：价格改为{price} {currency}", "卖家写入")),
    "ended": (("{sku} is off sale", "ended by the seller"), ("{sku}已下架", "卖家下架")),
    "rejected": (("{sku} was rejected after all", "accepted first: fault F13"), ("{sku}最终被拒绝", "先接受后拒绝：故障F13")),
    "by_hand": (("{sku}: quantity set to {quantity} by hand", "fault F14"), ("{sku}：数量被手工改为{quantity}", "故障F14")),
    "bought": (("A buyer bought {quantity} × {sku}", "order {order}"), ("买家购买{quantity}件{sku}", "订单{order}")),
    "too_late": (("A buyer came too late for {sku}", "nothing was left"), ("买家来晚了：{sku}", "已无库存")),
    "race": (("{buyers} buyers raced for {sku}", "{bought} got it, {too_late} came too late"), ("{buyers}位买家抢购{sku}", "{bought}位买到，{too_late}位来晚")),
    "canceled": (("A buyer canceled", "order {order}"), ("买家取消订单", "订单{order}")),
    "cancel_asked": (("A buyer asks to cancel", "order {order}"), ("买家申请取消", "订单{order}")),
    "shipped": (("The seller confirmed a shipment", "order {order}, tracking {tracking}"), ("卖家确认发货", "订单{order}，运单{tracking}")),
    "throttled": (("We answered 429 once", "{operation}: the quota is used up"), ("返回了一次429", "{operation}：配额已用完")),
    "fault": (("Fault {faults} hit {operation}", "on purpose"), ("故障{faults}作用于{operation}", "有意为之")),
}  # fmt: skip


class _Given(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return ""


def say(lang: str, key: str, **values: Any) -> str:
    """One sentence of the page."""
    return TEXTS[key][LANGUAGES.index(lang)].format(**values)


def happened(lang: str, what: str, values: Mapping[str, Any]) -> tuple[str, str]:
    """The headline and the small line of something that happened; an unknown one shows its own name."""
    headline, detail = HAPPENED.get(what, ((what, ""), (what, "")))[LANGUAGES.index(lang)]
    given = _Given(values)
    return headline.format_map(given), detail.format_map(given)


def money(amount: Decimal, currency: str) -> str:
    """A price as a buyer reads it."""
    return f"{SYMBOLS.get(currency, currency)} {amount:,.2f}"


def day_and_time(lang: str, now: datetime) -> str:
    """The marketplace's clock in words."""
    weekday, time = WEEKDAYS[lang][now.weekday()], f"{now:%H:%M:%S}"
    if lang == "zh":
        return f"{now.month}月{now.day}日 {weekday} {time}"
    return f"{weekday} {now.day} {MONTHS[now.month - 1]} {time}"
