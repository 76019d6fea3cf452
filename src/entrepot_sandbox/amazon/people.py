"""Buyers who do not exist: names and addresses by country, for orders that look like orders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True)
class Place:
    """A town with the streets of its buyers."""

    city: str
    region: str
    postal_code: str
    street: str


@dataclass(frozen=True)
class Person:
    """One buyer with a delivery address."""

    name: str
    email: str
    phone: str
    street: str
    city: str
    region: str
    postal_code: str
    country: str


HOME = "DE"
NAMES: Mapping[str, tuple[str, ...]] = {
    "DE": ("Anna Beispiel", "Jonas Muster", "Lena Probst", "Mehmet Sample", "Greta Überall"),
    "FR": ("Élodie Exemple", "Luc Modèle", "Chloé Essai", "Noé Témoin"),
    "GB": ("Olivia Sample", "Harry Example", "Aisha Testing", "Owen Trial"),
    "US": ("Emma Sample", "Liam Example", "Maya Testing", "Noah Trial"),
    "RU": ("Анна Примерова", "Иван Образцов", "Ольга Тестова"),
    "CN": ("张示例", "李样本", "王测试"),
}
PLACES: Mapping[str, tuple[Place, ...]] = {
    "DE": (
        Place("Hamburg", "Hamburg", "20095", "Musterweg"),
        Place("Köln", "Nordrhein-Westfalen", "50667", "Beispielgasse"),
        Place("München", "Bayern", "80331", "Probenstraße"),
    ),
    "FR": (Place("Lyon", "Auvergne-Rhône-Alpes", "69001", "rue de l’Exemple"), Place("Paris", "Île-de-France", "75011", "rue du Modèle")),
    "GB": (Place("Leeds", "West Yorkshire", "LS1 4AP", "Sample Street"), Place("London", "", "E1 6AN", "Example Lane")),
    "US": (Place("Portland", "OR", "97205", "Sample Street"), Place("Austin", "TX", "78701", "Example Avenue")),
    "RU": (Place("Казань", "Татарстан", "420111", "ул. Примерная"), Place("Москва", "Москва", "101000", "Образцовый пер.")),
    "CN": (Place("杭州市", "浙江省", "310000", "示例路"), Place("上海市", "上海市", "200000", "样本街")),
}


def somebody(random: Random, country: str | None) -> Person:
    """A buyer in that country; of a country without a list, a name and a town from home with that country's code."""
    code = (country or HOME).upper()
    name = random.choice(NAMES.get(code, NAMES[HOME]))
    place = random.choice(PLACES.get(code, PLACES[HOME]))
    number = random.randrange(10**8)
    return Person(
        name=name,
        email=f"buyer{number:08d}@marketplace.example",
        phone=f"+49 30 {number:08d}",
        street=f"{place.street} {random.randrange(1, 200)}",
        city=place.city,
        region=place.region,
        postal_code=place.postal_code,
        country=code,
    )
