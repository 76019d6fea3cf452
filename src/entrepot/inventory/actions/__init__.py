"""What may be done to stock. Each action is one transaction, opened by the caller at the door."""

from entrepot.inventory.actions.counts import adjust as adjust
from entrepot.inventory.actions.counts import receive_many as receive_many
from entrepot.inventory.actions.counts import report as report
from entrepot.inventory.actions.counts import set_safety_stock as set_safety_stock
from entrepot.inventory.actions.locations import create_location as create_location
from entrepot.inventory.actions.locations import feed as feed
from entrepot.inventory.actions.locations import set_paused as set_paused
from entrepot.inventory.actions.reservations import confirm as confirm
from entrepot.inventory.actions.reservations import expire_holds as expire_holds
from entrepot.inventory.actions.reservations import followed as followed
from entrepot.inventory.actions.reservations import hold as hold
from entrepot.inventory.actions.reservations import lowered as lowered
from entrepot.inventory.actions.reservations import release as release
from entrepot.inventory.actions.reservations import reserve_sold as reserve_sold
from entrepot.inventory.actions.reservations import ship as ship
from entrepot.inventory.actions.reservations import to_work as to_work
