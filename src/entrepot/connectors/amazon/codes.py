"""Amazon's codes and ours, one table a subject, each with its source. Data only, beside small look-ups."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from entrepot.channels.contract import Limits, OrderStatus
from entrepot.channels.transport import Rate


@dataclass(frozen=True)
class Marketplace:
    """One of Amazon's stores. ``languages``: what its listings may be written in, the store's own first."""

    country: str
    region: str
    languages: tuple[str, ...]


# Source: docs/sources/amazon.md#regions-and-stores
MARKETPLACES: Mapping[str, Marketplace] = {
    "ATVPDKIKX0DER": Marketplace("US", "na", ("en_US", "es_US")),
    "A2EUQ1WTGCTBG2": Marketplace("CA", "na", ("en_CA", "fr_CA")),
    "A1AM78C64UM0Y8": Marketplace("MX", "na", ("es_MX",)),
    "A2Q3Y263D00KWC": Marketplace("BR", "na", ("pt_BR",)),
    "A1F83G8C2ARO7P": Marketplace("GB", "eu", ("en_GB",)),
    "A28R8C7NBKEWEA": Marketplace("IE", "eu", ("en_IE",)),
    "A1PA6795UKMFR9": Marketplace("DE", "eu", ("de_DE", "en_GB", "pl_PL", "nl_NL", "tr_TR", "cs_CZ")),
    "A13V1IB3VIYZZH": Marketplace("FR", "eu", ("fr_FR", "en_GB")),
    "APJ6JRA9NG5V4": Marketplace("IT", "eu", ("it_IT", "en_GB")),
    "A1RKKUPIHCS9HS": Marketplace("ES", "eu", ("es_ES", "pt_PT", "en_GB")),
    "A1805IZSGTT6HS": Marketplace("NL", "eu", ("nl_NL", "en_GB")),
    "AMEN7PMS3EDWL": Marketplace("BE", "eu", ("fr_BE", "nl_BE", "en_GB")),
    "A2NODRKZP88ZB9": Marketplace("SE", "eu", ("sv_SE", "en_GB")),
    "A1C3SOZRARQ6R3": Marketplace("PL", "eu", ("pl_PL",)),
    "A33AVAJ2PDY3EV": Marketplace("TR", "eu", ("tr_TR",)),
    "A2VIGQ35RCS4UG": Marketplace("AE", "eu", ("en_AE", "ar_AE")),
    "A17E79C6D8DWNP": Marketplace("SA", "eu", ("ar_AE", "en_AE")),
    "ARBP9OOSHTCHU": Marketplace("EG", "eu", ("ar_AE", "en_AE")),
    "A21TJRUUN4KGV": Marketplace("IN", "eu", ("en_IN",)),
    "AE08WJ6YKNBMC": Marketplace("ZA", "eu", ("en_ZA",)),
    "A1VC38T7YXB528": Marketplace("JP", "fe", ("ja_JP", "en_US", "zh_CN")),
    "A39IBJ37TRP1C6": Marketplace("AU", "fe", ("en_AU",)),
    "A19VAU5U5O7RUS": Marketplace("SG", "fe", ("en_SG", "zh_CN")),
}

HOSTS: Mapping[str, str] = {
    "na": "https://sellingpartnerapi-na.amazon.com",
    "eu": "https://sellingpartnerapi-eu.amazon.com",
    "fe": "https://sellingpartnerapi-fe.amazon.com",
}
TOKEN_URL = "https://api.amazon.com/auth/o2/token"  # noqa: S105  an address, no secret

# Rate a second and burst, each from its operation's description in Amazon's own models.
# Source: docs/sources/amazon.md#rates
LIMITS = Limits(
    operations={
        "searchOrders": Rate(0.0056, 20),
        "getOrder": Rate(0.5, 30),
        "confirmShipment": Rate(2, 10),
        "putListingsItem": Rate(5, 10),
        "getListingsItem": Rate(5, 10),
        "patchListingsItem": Rate(5, 5),
        "deleteListingsItem": Rate(5, 5),
        "searchListingsItems": Rate(5, 5),
        "getDefinitionsProductType": Rate(5, 10),
        "createDestination": Rate(1, 5),
        "getDestinations": Rate(1, 5),
        "createSubscription": Rate(1, 5),
        "getSubscription": Rate(1, 5),
        "deleteSubscriptionById": Rate(1, 5),
    },
    items_a_call=25,  # one SKU an HTTP call: about five seconds of the quota
    title_characters=200,
    description_characters=2000,
    pictures=9,
    orders_a_page=100,
    poll_every=timedelta(minutes=3),  # searchOrders refills one call in three minutes
    poll_overlap=timedelta(minutes=10),
    sale_delay_bound=timedelta(minutes=6),  # every notification lost: poll + the two minutes Amazon holds orders back + slack
    live_delay_bound=timedelta(minutes=15),
)

# Source: docs/sources/amazon.md#orders (FulfillmentStatus). UNFULFILLABLE concerns only what Amazon fulfills: not ours, so UNKNOWN.
ORDER_STATUS: Mapping[str, OrderStatus] = {
    "PENDING_AVAILABILITY": OrderStatus.PENDING,
    "PENDING": OrderStatus.PENDING,
    "UNSHIPPED": OrderStatus.PAID,
    "PARTIALLY_SHIPPED": OrderStatus.PARTLY_SHIPPED,
    "SHIPPED": OrderStatus.SHIPPED,
    "CANCELLED": OrderStatus.CANCELED,
}

# Source: docs/sources/amazon.md#listings (conditionType of ItemSummaryByMarketplace)
CONDITION: Mapping[str, str] = {
    "new": "new_new",
    "open_box": "new_open_box",
    "refurbished": "refurbished_refurbished",
    "used_like_new": "used_like_new",
    "used_very_good": "used_very_good",
    "used_good": "used_good",
    "used_acceptable": "used_acceptable",
}

# The digits of a GTIN -> the type Amazon asks for. Source: docs/sources/amazon.md#listing-attributes
GTIN_TYPE: Mapping[int, str] = {8: "ean", 12: "upc", 13: "ean", 14: "gtin"}

# Amazon's attribute -> our field, for problems. What is not here is a channel attribute: attributes.<name>.
# Source: docs/sources/amazon.md#listing-attributes
FIELD: Mapping[str, str] = {
    "item_name": "title",
    "brand": "brand",
    "product_description": "description",
    "bullet_point": "bullets",
    "condition_type": "condition",
    "externally_assigned_product_identifier": "gtin",
    "supplier_declared_has_product_identifier_exemption": "gtin",
    "merchant_suggested_asin": "gtin",
    "purchasable_offer": "price",
    "list_price": "price",
    "fulfillment_availability": "quantity",
    "item_package_weight": "weight_g",
    "main_product_image_locator": "pictures",
    "variation_theme": "options",
    "color": "options",
    "size": "options",
    "style": "options",
    "material": "options",
    "pattern": "options",
    "parentage_level": "group",
    "child_parent_sku_relationship": "group",
    "product_type": "category",
}

# Our own refusals before a call, by code -> our field.
FIELD_OF_REFUSAL: Mapping[str, str] = {"option_unknown": "options"}

# Option names in the languages of the markets -> Amazon's attribute. Lower case.
OPTION: Mapping[str, str] = {
    **dict.fromkeys(
        ("color", "colour", "farbe", "couleur", "colore", "kleur", "kolor", "färg", "cor", "цвет", "颜色", "色", "カラー"), "color"
    ),
    **dict.fromkeys(
        ("size", "größe", "grösse", "taille", "taglia", "talla", "maat", "rozmiar", "storlek", "размер", "尺码", "尺寸", "サイズ"), "size"
    ),
    **dict.fromkeys(("style", "stil", "estilo", "stile", "стиль", "款式", "スタイル"), "style"),
    **dict.fromkeys(("material", "matière", "materiale", "materiaal", "материал", "材质", "素材"), "material"),
    **dict.fromkeys(("pattern", "muster", "motif", "estampado", "fantasia", "узор", "图案", "柄"), "pattern"),
    **dict.fromkeys(("scent", "duft", "parfum", "profumo", "аромат", "香味"), "scent"),
    **dict.fromkeys(("flavor", "flavour", "geschmack", "saveur", "gusto", "sabor", "вкус", "口味"), "flavor"),
}

# Our carrier code -> Amazon's carrierCode; any other carrier goes as Other with its name.
# Source: docs/sources/amazon.md#shipment-confirmation
CARRIER: Mapping[str, str] = {
    "4px": "4PX",
    "aramex": "Aramex",
    "canada_post": "Canada Post",
    "china_post": "China Post",
    "dhl": "DHL",
    "dhl_ecommerce": "DHL eCommerce",
    "fedex": "FedEx",
    "gls": "GLS",
    "hermes": "Hermes Logistik Gruppe",
    "ontrac": "OnTrac",
    "parcelforce": "Parcelforce",
    "royal_mail": "Royal Mail",
    "sf": "SF Express",
    "sf_express": "SF Express",
    "singapore_post": "Singapore Post",
    "tnt": "TNT",
    "ups": "UPS",
    "usps": "USPS",
    "yanwen": "Yanwen",
    "yunexpress": "Yun Express",
}
OTHER_CARRIER = "Other"


def field_of(attribute: str) -> str:
    """Our field for one of Amazon's attributes; pictures are numbered, the rest is passed on as a channel attribute."""
    if attribute.startswith("other_product_image_locator"):
        return "pictures"
    return FIELD.get(attribute) or f"attributes.{attribute}"


def country_of(marketplace_id: str) -> str:
    """ISO country of a store; empty when Amazon opened one that is not in the table yet."""
    found = MARKETPLACES.get(marketplace_id)
    return found.country if found else ""


def language_tag(marketplace_id: str, language: str) -> str:
    """The store's tag for a language ("de" in Germany: de_DE); a language the store does not speak gives its own first."""
    found = MARKETPLACES.get(marketplace_id)
    tags = found.languages if found else ()
    wanted = language.replace("-", "_")
    for tag in tags:
        if tag == wanted or tag.partition("_")[0] == wanted.partition("_")[0]:
            return tag
    return tags[0] if tags else "en_US"
