"""Finds connectors by entry point, so that a package from anywhere can bring one."""

from functools import cache
from importlib.metadata import entry_points

from django.utils.translation import gettext

from entrepot.base.errors import NotFound
from entrepot.channels.contract import Connector


@cache
def connectors() -> dict[str, Connector]:
    """Every installed connector by name."""
    found = {entry.name: entry.load() for entry in entry_points(group="entrepot.connectors")}
    return dict(sorted(found.items()))


def connector(name: str) -> Connector:
    """Raises: NotFound, naming the connectors there are."""
    try:
        return connectors()[name]
    except KeyError:
        known = ", ".join(connectors()) or "none"
        raise NotFound(gettext("There is no connector “{name}”. Installed: {known}.").format(name=name, known=known)) from None
