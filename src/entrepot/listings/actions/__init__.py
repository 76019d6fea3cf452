"""What is done to offers: made, priced, published, ended, switched, recalled; and the sales that channels made."""

from entrepot.listings.actions.kits import kit_changes as kit_changes
from entrepot.listings.actions.offers import approve_price as approve_price
from entrepot.listings.actions.offers import create_offers as create_offers
from entrepot.listings.actions.offers import end_offers as end_offers
from entrepot.listings.actions.offers import publish_offers as publish_offers
from entrepot.listings.actions.offers import read_back_soon as read_back_soon
from entrepot.listings.actions.offers import retry as retry
from entrepot.listings.actions.offers import set_price as set_price
from entrepot.listings.actions.offers import set_terms as set_terms
from entrepot.listings.actions.offers import sweep_soon as sweep_soon
from entrepot.listings.actions.policy import set_policy as set_policy
from entrepot.listings.actions.recalls import approve_recall as approve_recall
from entrepot.listings.actions.recalls import recall as recall
from entrepot.listings.actions.recalls import relist as relist
from entrepot.listings.actions.sales import count_returns as count_returns
from entrepot.listings.actions.sales import count_sales as count_sales
from entrepot.listings.actions.sales import forget_demand as forget_demand
