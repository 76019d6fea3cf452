"""What is done to the catalog. Each action is one transaction, opened by the caller; an import may take many."""

from entrepot.catalog.actions.pictures import add_picture as add_picture
from entrepot.catalog.actions.pictures import link_picture as link_picture
from entrepot.catalog.actions.pictures import order_pictures as order_pictures
from entrepot.catalog.actions.pictures import remove_picture as remove_picture
from entrepot.catalog.actions.products import archive_product as archive_product
from entrepot.catalog.actions.products import archive_variant as archive_variant
from entrepot.catalog.actions.products import create_product as create_product
from entrepot.catalog.actions.products import restore_product as restore_product
from entrepot.catalog.actions.products import restore_variant as restore_variant
from entrepot.catalog.actions.products import update_product as update_product
