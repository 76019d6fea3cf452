"""Reading people."""

from entrepot.people.models import User
from entrepot.people.types import PersonRow


def everybody() -> list[PersonRow]:
    """All people, by name."""
    rows = User.objects.order_by("username").values_list("username", "role", "is_active", "last_login")
    return [PersonRow(*row) for row in rows]
