"""What a column of a file may mean, and what people call it."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# field -> (label, what files call it, in English and Chinese)
PRODUCTS: Mapping[str, tuple[Promise, Sequence[str]]] = {
    "sku": (_("SKU"), ("seller sku", "item sku", "variant sku", "stock code", "stockcode", "item number", "article number", "商品编码", "商家编码", "货号", "SKU编码", "规格编码")),
    "product_code": (_("product code"), ("parent sku", "handle", "style", "style number", "model", "spu", "产品编码", "款号", "父SKU")),
    "title": (_("title"), ("name", "product name", "item name", "product title", "description of goods", "标题", "商品名称", "产品名称", "品名", "名称", "商品标题")),
    "description": (_("description"), ("body", "body html", "product description", "long description", "描述", "商品描述", "产品描述", "详情")),
    "bullets": (_("bullet points"), ("bullet point", "features", "key features", "卖点", "五点描述")),
    "brand": (_("brand"), ("vendor", "manufacturer", "make", "品牌")),
    "category": (_("category"), ("type", "product type", "department", "类目", "分类", "品类")),
    "gtin": (_("GTIN"), ("ean", "upc", "barcode", "ean13", "isbn", "variant barcode", "条码", "条形码", "国际条码")),
    "price": (_("price"), ("unit price", "selling price", "sale price", "retail price", "variant price", "价格", "售价", "单价", "销售价")),
    "cost": (_("cost"), ("unit cost", "purchase price", "cost per item", "成本", "成本价", "采购价", "进价")),
    "weight_g": (_("weight, g"), ("weight g", "weight in grams", "grams", "variant grams", "重量 克", "重量g", "克重")),
    "weight_kg": (_("weight, kg"), ("weight kg", "weight in kg", "重量 千克", "重量kg", "重量 公斤")),
    "length_mm": (_("length, mm"), ("length mm", "长 毫米", "长mm")),
    "width_mm": (_("width, mm"), ("width mm", "宽 毫米", "宽mm")),
    "height_mm": (_("height, mm"), ("height mm", "高 毫米", "高mm")),
    "low_stock_at": (_("alert at"), ("low stock", "reorder point", "min stock", "库存预警", "安全库存提醒")),
    "origin_country": (_("country of origin"), ("country of origin", "made in", "原产国", "产地")),
    "hs_code": (_("HS code"), ("hs", "tariff code", "customs code", "海关编码", "HS编码")),
    "pictures": (_("pictures"), ("image", "images", "image url", "image src", "picture", "photo", "main image", "图片", "图片链接", "主图")),
    "option1_name": (_("option 1, name"), ("规格1名称", "规格名称1")),
    "option1_value": (_("option 1, value"), ("规格1", "规格值1", "规格1值")),
    "option2_name": (_("option 2, name"), ("规格2名称", "规格名称2")),
    "option2_value": (_("option 2, value"), ("规格2", "规格值2", "规格2值")),
    "option3_name": (_("option 3, name"), ("规格3名称", "规格名称3")),
    "option3_value": (_("option 3, value"), ("规格3", "规格值3", "规格3值")),
}  # fmt: skip
ORDERS: Mapping[str, tuple[Promise, Sequence[str]]] = {
    "order_number": (_("order number"), ("order id", "order no", "order", "invoice", "invoice no", "invoiceno", "amazon order id", "订单号", "订单编号", "单号")),
    "line_number": (_("line number"), ("line", "order line", "order item id", "item id", "行号", "子订单号")),
    "sku": (_("SKU"), ("seller sku", "item sku", "stock code", "stockcode", "lineitem sku", "商品编码", "商家编码", "货号")),
    "title": (_("title"), ("name", "item name", "product name", "description", "lineitem name", "商品名称", "标题", "品名")),
    "quantity": (_("quantity"), ("qty", "units", "quantity purchased", "lineitem quantity", "数量", "件数")),
    "unit_price": (_("unit price"), ("price", "unitprice", "item price", "lineitem price", "单价", "价格", "售价")),
    "placed_at": (_("placed at"), ("date", "order date", "invoice date", "invoicedate", "purchase date", "created at", "下单时间", "日期", "订单日期")),
    "buyer_id": (_("buyer, number"), ("customer id", "customerid", "buyer id", "客户编号", "买家编号")),
    "buyer_name": (_("buyer, name"), ("customer", "customer name", "buyer name", "买家", "买家姓名", "客户")),
    "email": (_("e-mail"), ("buyer email", "email address", "邮箱", "电子邮件")),
    "phone": (_("phone"), ("telephone", "buyer phone number", "ship phone number", "电话", "手机")),
    "ship_to": (_("ship to, name"), ("recipient", "recipient name", "shipping name", "收件人", "收货人")),
    "street": (_("street"), ("address", "address 1", "ship address 1", "shipping address1", "地址", "街道")),
    "city": (_("city"), ("ship city", "shipping city", "城市")),
    "region": (_("region"), ("state", "province", "ship state", "shipping province", "省", "州")),
    "postcode": (_("postcode"), ("zip", "zip code", "postal code", "ship postal code", "shipping zip", "邮编")),
    "country": (_("country"), ("ship country", "shipping country", "country code", "国家", "收货国家")),
}  # fmt: skip
FIELDS: Mapping[str, Mapping[str, tuple[Promise, Sequence[str]]]] = {"products": PRODUCTS, "orders": ORDERS}
REQUIRED: Mapping[str, Sequence[str]] = {"products": ("sku",), "orders": ("order_number", "sku", "quantity", "unit_price", "placed_at")}
WORDS = ("title", "description", "bullets")  # may stand in several languages: title:zh
_CUTS = re.compile(r"[\s_\-./()（）:：\[\]]+")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")


def known(kind: str, field: str) -> bool:
    """Whether a column may mean this: a field, or title, description and bullets with a language: ``title:zh``."""
    name, _, language = field.partition(":")
    if language:
        return kind == "products" and name in WORDS and bool(_LANGUAGE.fullmatch(language))
    return name in FIELDS[kind]


def suggestions(kind: str, headings: Iterable[str]) -> dict[str, str]:
    """Our field -> heading of the file, by what people call things. One column means one thing, and the first that fits wins."""
    names = {heading: plain(heading) for heading in headings if heading}
    found: dict[str, str] = {}
    for field, (_label, synonyms) in FIELDS[kind].items():
        called = {plain(field), *map(plain, synonyms)}
        for heading, name in names.items():
            if name in called and heading not in found.values():
                found[field] = heading
                break
    return found


def plain(heading: str) -> str:
    """A heading without case, width, blanks and signs, for comparing."""
    return _CUTS.sub("", unicodedata.normalize("NFKC", heading).casefold())
