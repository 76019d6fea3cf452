"""The loops of an account: each looks at the state, acts once, and may be killed at any time."""

from entrepot.listings.loops.availability import reconcile_availability as reconcile_availability
from entrepot.listings.loops.content import reconcile_content as reconcile_content
from entrepot.listings.loops.lane import take_lane as take_lane
from entrepot.listings.loops.reading import read_back as read_back
