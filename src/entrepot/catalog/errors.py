"""What catalog actions refuse."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from entrepot.base.errors import UserError
from entrepot.catalog.types import Conflict


class VersionConflict(UserError):
    """Somebody else saved the product since it was read (F28). Nothing was written; ``conflicts`` has both values."""

    code = "version_conflict"

    def __init__(self, conflicts: Sequence[Conflict], version: int) -> None:
        self.conflicts, self.version = tuple(conflicts), version
        shown = "; ".join(
            _("%(field)s: yours “%(yours)s”, now “%(theirs)s”") % {"field": one.field, "yours": one.yours, "theirs": one.theirs}
            for one in conflicts[:5]
        )
        super().__init__(
            _("Somebody changed this product while you did. %(shown)s. Choose what is right and save again.") % {"shown": shown}
        )


class Taken(UserError):
    """A code that must be unique belongs to something else."""

    code = "taken"
