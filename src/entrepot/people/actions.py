"""What is done to people: made, given a role, given a password. Each change is in the audit trail; passwords never are."""

import secrets

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext

from entrepot.base.errors import NotFound, UserError
from entrepot.people.audit import record
from entrepot.people.deployment import default_time_zone
from entrepot.people.models import User
from entrepot.people.types import Role


def create_user(username: str, *, role: Role, password: str | None, language: str = "en", actor: str) -> str:
    """A person who may sign in; the password, a made one when none was given. Raises: UserError for a taken name, a weak password."""
    with transaction.atomic():
        if User.objects.filter(username__iexact=username).exists():
            raise UserError(gettext("There is already a user “{username}”. Choose another name.").format(username=username))
        user = User(username=username, role=role.value, language=language, time_zone=default_time_zone())
        text = _given(user, password)
        user.save()
        record("user.created", f"user:{username}", actor=actor, after={"role": role.value})
    return text


def set_role(username: str, role: Role, *, actor: str) -> None:
    """The person has this role from now on. Raises: NotFound; UserError when nobody would be owner any more."""
    with transaction.atomic():
        user = _locked(username)
        if user.role == Role.OWNER.value and role is not Role.OWNER:
            check_other_owner(user)
        before, user.role = user.role, role.value
        user.save(update_fields=["role"])
        record("user.role_changed", f"user:{username}", actor=actor, before={"role": before}, after={"role": role.value})


def check_other_owner(user: User) -> None:
    """In the transaction that takes a person's ownership away. Raises: UserError when nobody else could sign in as owner."""
    if not User.objects.select_for_update().filter(role=Role.OWNER.value, is_active=True).exclude(pk=user.pk):
        raise UserError(gettext("{username} is the only owner. Make somebody else owner first.").format(username=user.get_username()))


def set_password(username: str, password: str | None, *, actor: str) -> str:
    """A new password; a made one when none was given. Sessions of the old one end. Raises: NotFound; UserError for a weak one."""
    with transaction.atomic():
        user = _locked(username)
        text = _given(user, password)
        user.save(update_fields=["password"])
        record("user.password_changed", f"user:{username}", actor=actor)
    return text


def _given(user: User, password: str | None) -> str:
    text = password if password is not None else secrets.token_urlsafe(12)
    try:
        validate_password(text, user)
    except ValidationError as no:
        raise UserError(" ".join(no.messages)) from None
    user.set_password(text)
    return text


def _locked(username: str) -> User:
    user = User.objects.select_for_update().filter(username=username).first()
    if user is None:
        raise NotFound(gettext("There is no user “{username}”.").format(username=username))
    return user
