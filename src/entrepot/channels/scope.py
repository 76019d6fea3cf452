"""The scope of a user: legal entities and accounts make the accounts, "own products" the owner."""

from entrepot.channels.models import Account
from entrepot.people.scope import Scope
from entrepot.people.types import Person


def scope_of(user: Person) -> Scope:
    """What ``user`` may see. No legal entity named means all of them; both limits hold together."""
    entities = list(user.legal_entities.values_list("pk", flat=True))
    owner = user.pk if user.own_products_only else None
    if not entities and user.all_accounts:
        return Scope(owner=owner)
    accounts = Account.objects.all() if user.all_accounts else user.accounts.all()
    if entities:
        accounts = accounts.filter(legal_entity__in=entities)
    return Scope(accounts=tuple(accounts.values_list("pk", flat=True)), owner=owner)
