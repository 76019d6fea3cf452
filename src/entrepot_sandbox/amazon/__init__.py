"""A sandbox that speaks the wire format of Amazon's Selling Partner API. Not Amazon, and not affiliated with it."""

from entrepot_sandbox.amazon.http import AmazonMarketplace
from entrepot_sandbox.core.marketplace import Channel

CHANNEL = Channel("amazon", AmazonMarketplace)
