"""The keys of this installation, from settings, as ready ciphers."""

import base64
from functools import cache

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings

from entrepot.base.crypto import Keys, Sealer


def keys() -> Keys:
    found: Keys = settings.ENTREPOT_KEYS()
    return found


@cache
def sealer(purpose: str) -> Sealer:
    return Sealer(keys(), purpose)


@cache
def fernet() -> MultiFernet:
    """Current key first: it encrypts; all decrypt."""
    ring = keys()
    order = [ring.current, *(key_id for key_id in ring.by_id if key_id != ring.current)]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(ring.derived(key_id, "credentials"))) for key_id in order])
