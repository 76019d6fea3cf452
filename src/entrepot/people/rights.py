"""Whether the person behind a request holds a right."""

from django.http import HttpRequest

from entrepot.people.models import User
from entrepot.people.types import RIGHTS, Right, Role


def holds(request: HttpRequest, right: Right) -> bool:
    """False for who is not signed in, or no longer active."""
    user = request.user
    return isinstance(user, User) and user.is_active and right in RIGHTS[Role(user.role)]
