"""Which addresses we call: public ones over https. What is inside the house must not be reachable through us.

The name is resolved once and the connection goes to the address that was looked at, so that a name
cannot lead somewhere else between the look and the call.
"""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

NOT_OURS_TO_CALL = [
    ipaddress.ip_network(each)
    for each in (
        "0.0.0.0/8",
        "100.64.0.0/10",  # shared by carriers; some clouds keep their metadata there
        "168.63.129.16/32",  # a cloud's own services behind a public-looking address
        "192.0.0.0/24",
        "192.88.99.0/24",
        "198.18.0.0/15",
        "fec0::/10",
    )
]
EMBEDDING = ipaddress.ip_network("64:ff9b::/96")
"""IPv6 addresses that end in an IPv4 address, which a gateway calls for them (NAT64)."""


class NotAllowed(ValueError):
    """We do not call this address; the code says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class NotFound(OSError):
    """The name leads nowhere."""


def read(url: str) -> SplitResult:
    """The parts of an address that may be called, without asking anybody where its name leads."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as nonsense:
        raise NotAllowed("not_an_address") from nonsense
    if not host or parts.username is not None or parts.password is not None:
        raise NotAllowed("not_an_address")
    if parts.scheme != "https" and not (parts.scheme == "http" and settings.WEBHOOKS_TO_LOOPBACK):
        raise NotAllowed("not_https")
    literal = _literal(host)
    if literal is not None and not may_be_called(literal):
        raise NotAllowed("not_public")
    return parts


def resolve(host: str, port: int) -> list[str]:
    """Where a name leads. One address that is not public is enough to refuse all of them."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as unknown:
        raise NotFound(host) from unknown
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not all(may_be_called(ipaddress.ip_address(address)) for address in addresses):
        raise NotAllowed("not_public")
    return addresses


def may_be_called(address: IPAddress) -> bool:
    inner = _embedded(address)
    if inner is not None:
        return may_be_called(inner)
    if address.is_loopback:
        return settings.WEBHOOKS_TO_LOOPBACK
    if any(address in network for network in NOT_OURS_TO_CALL if network.version == address.version):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _embedded(address: IPAddress) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 address carries in one of the known ways."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address in EMBEDDING:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    tunnel = address.teredo[1] if address.teredo else None
    return address.ipv4_mapped or address.sixtofour or tunnel


def _literal(host: str) -> IPAddress | None:
    """A host that is an address already, in any spelling that the system would take: 127.1, 0x7f.1, 2130706433."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host))
    except (OSError, UnicodeError):
        return None
