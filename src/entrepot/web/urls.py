"""Addresses of the back office. Every view declares the right it asks for (web.access)."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from entrepot.web.views import alerts, channels, editing, media, offers, orders, people, products, recalls, stock, today, why

pages: list[URLPattern | URLResolver] = [
    path("", today.today, name="today"),
    path("variants/", today.variants, name="variant-numbers"),
    path("alerts/", alerts.listed, name="alerts"),
    path("alerts/<int:alert_id>/put-off/", alerts.put_off, name="alert-put-off"),
    path("products/", products.listed, name="products"),
    path("products/new/", editing.create, name="product-new"),
    path("products/<uuid:product_id>/edit/", editing.edit, name="product-edit"),
    path("products/<uuid:product_id>/archive/", editing.set_archived, name="product-archive"),
    path("products/<uuid:product_id>/kit/", editing.set_kit, name="product-kit"),
    path("products/<uuid:product_id>/pictures/add/", editing.add_picture, name="picture-add"),
    path("products/<uuid:product_id>/pictures/remove/", editing.remove_picture, name="picture-remove"),
    path("products/<uuid:product_id>/", products.one, name="product"),
    path("products/<uuid:product_id>/publish/", products.publish, name="product-publish"),
    path("products/<uuid:product_id>/recall/", recalls.begin, name="product-recall"),
    path("recalls/<uuid:recall_id>/", recalls.one, name="recall"),
    path("recalls/<uuid:recall_id>/approve/", recalls.approve, name="recall-approve"),
    path("recalls/<uuid:recall_id>/relist/", recalls.relist, name="recall-relist"),
    path("offers/", offers.listed, name="offers"),
    path("offers/change/", offers.change_many, name="offers-change"),
    path("offers/<uuid:offer_id>/", offers.one, name="offer"),
    path("offers/<uuid:offer_id>/price/", offers.set_price, name="offer-price"),
    path("offers/<uuid:offer_id>/price/approve/", offers.approve_price, name="offer-approve"),
    path("offers/<uuid:offer_id>/terms/", offers.set_terms, name="offer-terms"),
    path("stock/", stock.matrix, name="stock"),
    path("stock/item/", stock.item, name="stock-item"),
    path("stock/adjust/", stock.adjust, name="stock-adjust"),
    path("stock/safety/", stock.safety, name="stock-safety"),
    path("stock/policy/", stock.set_policy, name="stock-policy"),
    path("why/", why.why, name="why"),
    path("orders/", orders.inbox, name="orders"),
    path("orders/<uuid:order_id>/", orders.one, name="order"),
    path("orders/<uuid:order_id>/buyer/", orders.open_buyer, name="order-buyer"),
    path("orders/<uuid:order_id>/ship/", orders.ship, name="order-ship"),
    path("orders/<uuid:order_id>/cancel/", orders.cancel, name="order-cancel"),
    path("orders/<uuid:order_id>/hold/", orders.hold, name="order-hold"),
    path("orders/<uuid:order_id>/note/", orders.note, name="order-note"),
    path("orders/<uuid:order_id>/assign/", orders.assign, name="order-assign"),
    path("channels/", channels.listed, name="channels"),
    path("channels/connect/", channels.connect, name="connect"),
    path("channels/<uuid:account_id>/", channels.one, name="channel"),
    path("channels/<uuid:account_id>/settings/", channels.settings, name="channel-settings"),
    path("channels/<uuid:account_id>/state/", channels.set_state, name="channel-state"),
    path("channels/<uuid:account_id>/send/", channels.send_now, name="channel-send"),
    path("media/<str:sha256>", media.picture, name="media"),
    path("login/", people.sign_in, name="sign-in"),
    path("logout/", people.sign_out, name="sign-out"),
    path("language/", people.language, name="language"),
    path("password/", people.password, name="password"),
    path("favicon.ico", people.favicon, name="favicon"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", admin.site.urls),
    path("", include((pages, "web"))),
]
