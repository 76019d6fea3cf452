"""Legal entities: the companies of the seller."""

from entrepot.people.models import LegalEntity


def legal_entity(name: str, *, country: str) -> int:
    """The id of the company with this name, made with this country when it is new."""
    return LegalEntity.objects.get_or_create(name=name, defaults={"country": country})[0].pk
