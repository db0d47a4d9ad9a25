# SPDX-License-Identifier: GPL-2.0-only
"""How an operator writes prefixes, times, router-ids, shares and weights: the types of the fields."""

from decimal import Decimal, InvalidOperation
from fractions import Fraction
from ipaddress import IPv6Address, ip_network
from typing import Annotated, Final

from pydantic import BeforeValidator

from althea_spec.conformance.lab import Network
from althea_spec.reference.routing import extended_metric
from althea_spec.reference.routing.extended_metric import Weight

_LARGEST_INTERVAL_SECONDS: Final = Decimal("655.34")
_MICROSECONDS_PER_SECOND: Final = 1_000_000
_LONGEST_SECONDS: Final = 10_000_000
_CENTISECONDS_PER_SECOND: Final = 100


def _prefix(value: object) -> Network:
    try:
        return ip_network(str(value))
    except ValueError as error:
        raise ValueError(f"expected a prefix such as 2001:db8:1::/64, got {value!r}") from error


def _address(value: object) -> IPv6Address:
    try:
        return IPv6Address(str(value))
    except ValueError as error:
        raise ValueError(f"expected an address such as fd00::1, got {value!r}") from error


def _centiseconds(value: object) -> int:
    """Seconds, with at most two digits after the point."""
    try:
        seconds = None if isinstance(value, bool) else Decimal(str(value))
    except InvalidOperation:
        seconds = None
    if seconds is None or not 0 < seconds <= _LARGEST_INTERVAL_SECONDS:
        raise ValueError(f"expected seconds, 0.01 to {_LARGEST_INTERVAL_SECONDS}, got {value!r}")
    hundredths = seconds * _CENTISECONDS_PER_SECOND
    if hundredths != int(hundredths):
        raise ValueError(f"expected seconds in steps of 0.01, got {value!r}")
    return int(hundredths)


def _router_id(value: object) -> bytes:
    try:
        octets = bytes.fromhex(str(value).replace(":", " "))
    except ValueError:
        octets = b""
    if len(octets) != 8:
        raise ValueError(f"expected eight octets such as 02:00:00:ff:fe:00:00:01, got {value!r}")
    return octets


def _microseconds_of(value: object) -> int:
    """Seconds, with at most six digits after the point."""
    try:
        seconds = None if isinstance(value, bool) else Decimal(str(value))
    except InvalidOperation:
        seconds = None
    if seconds is None or not 0 <= seconds <= _LONGEST_SECONDS:
        raise ValueError(f"expected seconds, 0 to {_LONGEST_SECONDS}, got {value!r}")
    return int(seconds * _MICROSECONDS_PER_SECOND)


def _ratio(value: object) -> Fraction:
    """``0.6`` or ``3/5``."""
    try:
        return Fraction(str(value))
    except (ValueError, ZeroDivisionError) as error:
        raise ValueError(f"expected a share such as 0.6 or 3/5, got {value!r}") from error


def _weight(value: object) -> Weight:
    if isinstance(value, Weight):
        return value
    return extended_metric.parse(str(value))


PrefixField = Annotated[Network, BeforeValidator(_prefix)]
AddressField = Annotated[IPv6Address, BeforeValidator(_address)]
IntervalField = Annotated[int, BeforeValidator(_centiseconds)]
RouterIdField = Annotated[bytes, BeforeValidator(_router_id)]
MicrosecondsField = Annotated[int, BeforeValidator(_microseconds_of)]
RatioField = Annotated[Fraction, BeforeValidator(_ratio)]
WeightField = Annotated[Weight, BeforeValidator(_weight)]


def hyphens(name: str) -> str:
    return name.replace("_", "-")
