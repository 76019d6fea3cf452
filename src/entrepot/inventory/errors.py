"""What inventory actions refuse."""

from django.utils.translation import gettext

from entrepot.base.errors import UserError


class NotEnoughStock(UserError):
    """The hub's own sale asks for more than may be promised; nothing was reserved."""

    code = "not_enough_stock"

    def __init__(self, sku: str, asked: int, atp: int) -> None:
        super().__init__(
            gettext("{sku}: {asked} asked for, {atp} may be promised. Ask for {atp} or fewer, or receive more stock first.").format(
                sku=sku, asked=asked, atp=atp
            )
        )
        self.sku, self.asked, self.atp = sku, asked, atp
