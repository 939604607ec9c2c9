"""Which address a request comes from, also behind a proxy, and what counts as one reader."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network

#: An IPv6 subscriber has a whole network of this size and may use a new address for every request.
IPV6_PREFIX = 64


def client_address(peer: str, forwarded: str, behind_proxy: bool) -> str:
    """The reader's address: the last of X-Forwarded-For behind a proxy, else that of the connection.

    The proxy writes or appends the last one itself; everything before it is what the client claims.
    """
    named = forwarded.rpartition(",")[2] if behind_proxy else ""
    return _canonical(named) or _canonical(peer) or "unknown"


def reader(address: str) -> str:
    """What limits count: an IPv4 address, or the network of an IPv6 one.

    >>> reader("2001:db8:1:2:3:4:5:6"), reader("192.0.2.7")
    ('2001:db8:1:2::', '192.0.2.7')
    """
    if ":" not in address:
        return address
    return str(ip_network((address, IPV6_PREFIX), strict=False).network_address)


def _canonical(text: str) -> str:
    """The address without a port, IPv4 inside IPv6 as IPv4; empty for what is none."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return str(found)
