"""The eBay sandbox: a marketplace that speaks the Sell APIs."""

from entrepot_sandbox.core.marketplace import Channel
from entrepot_sandbox.ebay.http import Ebay

CHANNEL = Channel("ebay", Ebay)
