"""Secrets that we must be able to read again are kept encrypted, so that a copy of the database alone does not give them away.

The key is derived from SECRET_KEY; what was sealed under one of SECRET_KEY_FALLBACKS can still be read.
"""

from __future__ import annotations

import base64
from functools import cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.encoding import force_bytes

PURPOSE = b"crm.sealing"


class Unreadable(Exception):
    """It was sealed under a key that we do not have any more."""


def seal(text: str) -> str:
    return _keys().encrypt(text.encode()).decode()


def unseal(token: str) -> str:
    """Raises Unreadable."""
    try:
        return _keys().decrypt(token.encode()).decode()
    except InvalidToken as unknown:
        raise Unreadable from unknown


def renewed(token: str) -> str:
    """The same under the present key, so that the one before can be forgotten. Raises Unreadable."""
    try:
        return _keys().rotate(token.encode()).decode()
    except InvalidToken as unknown:
        raise Unreadable from unknown


def _keys() -> MultiFernet:
    return MultiFernet([_key(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


@cache
def _key(secret: str) -> Fernet:
    """SECRET_KEY is long and random, so it is stretched and not hardened."""
    derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=PURPOSE).derive(force_bytes(secret))
    return Fernet(base64.urlsafe_b64encode(derived))
