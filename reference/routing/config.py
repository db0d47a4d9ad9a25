# SPDX-License-Identifier: MIT
"""What an operator may choose, with the values that RFC 8966 appendix B recommends."""

from collections.abc import Callable, Mapping
from ipaddress import IPv4Network
from typing import Any, Final, Literal, TypeAlias

from attrs import Attribute, field, frozen
from attrs.validators import and_, ge, le, optional

from . import menu, price_agreement
from . import price as prices
from .constants import (
    HYSTERESIS_TIME_CONSTANT_HELLO_INTERVALS,
    IHU_INTERVAL_HELLO_INTERVALS,
    ILLEGAL_ROUTER_IDS,
    INFINITY,
    INITIAL_HOP_COUNT,
    LARGEST_FINITE_INTERVAL_CENTISECONDS,
    MAXIMUM_REQUEST_RESENDS,
    MAXIMUM_RTT_PENALTY,
    MICROSECONDS_PER_CENTISECOND,
    MULTICAST_HELLO_INTERVAL_CENTISECONDS,
    REQUEST_TIMEOUT_MICROSECONDS,
    ROUTER_ID_OCTETS,
    RTT_MAXIMUM_MICROSECONDS,
    RTT_MINIMUM_MICROSECONDS,
    SOURCE_GARBAGE_COLLECTION_MICROSECONDS,
    UPDATE_INTERVAL_HELLO_INTERVALS,
    URGENT_TIMEOUT_MICROSECONDS,
    WIRED_NOMINAL_RXCOST,
)
from .extended_metric import Weight
from .menu import Table
from .messages import Centiseconds, Microseconds, Prefix, Price, PriceUnit, RouterId
from .price_agreement import DEFAULT_PRICE_UNIT
from .profile import Profile
from .verification_config import VerificationConfig

DEFAULT_WEIGHT: Final = Weight(19, 10)
"""Half the metric is worth 3.7 times the price."""

Medium: TypeAlias = Literal["wired", "wireless", "tunnel"]

_interval = and_(ge(1), le(LARGEST_FINITE_INTERVAL_CENTISECONDS))


def _check_router_id(_: object, attribute: "Attribute[Any]", value: RouterId) -> None:
    if len(value) != ROUTER_ID_OCTETS or value in ILLEGAL_ROUTER_IDS:
        raise ValueError(
            f"{attribute.name}: expected {ROUTER_ID_OCTETS} octets, not all 00 and not all ff; "
            f"got {value.hex()!r}"
        )


def _one_of(*allowed: str) -> Callable[[object, "Attribute[Any]", str], None]:
    """A validator for a field that has a few values only."""

    def check(_: object, attribute: "Attribute[Any]", value: str) -> None:
        if value not in allowed:
            raise ValueError(f"{attribute.name}: expected one of {', '.join(allowed)}; got {value!r}")

    return check


@frozen
class InterfaceConfig:
    """One interface.  Everything has the default of RFC 8966 appendix B.

    Raises:
        ValueError: a field is out of its range.
    """

    kind: Medium = field(default="wired", validator=_one_of("wired", "wireless", "tunnel"))
    """Wired and tunnel links use 2-out-of-3 and split horizon, wireless ones ETX and no split horizon."""
    hello_interval: Centiseconds = field(default=MULTICAST_HELLO_INTERVAL_CENTISECONDS, validator=_interval)
    """Of Multicast Hellos."""
    unicast_hello_interval: Centiseconds | None = field(default=None, validator=optional(_interval))
    """``None``: no Unicast Hellos are sent."""
    ihu_interval: Centiseconds | None = field(default=None, validator=optional(_interval))
    """As announced; ``None``: three Hello intervals."""
    update_interval: Centiseconds | None = field(default=None, validator=optional(_interval))
    """``None``: four Hello intervals."""
    split_horizon: bool | None = None
    """``None``: on, but not on a wireless link (RFC 8966 section 3.7.4)."""
    rxcost: int = field(default=WIRED_NOMINAL_RXCOST, validator=and_(ge(1), le(INFINITY - 1)))
    """Announced while the link is up; wireless links announce ETX instead."""
    mtu: int = field(default=1500, validator=ge(68))
    """Octets, of an IP packet."""
    rtt: bool = False
    """Send timestamps and let a long round trip add to the cost (RFC 9616)."""
    rtt_minimum: Microseconds = field(default=RTT_MINIMUM_MICROSECONDS, validator=ge(0))
    rtt_maximum: Microseconds = field(default=RTT_MAXIMUM_MICROSECONDS, validator=ge(1))
    maximum_rtt_penalty: int = field(default=MAXIMUM_RTT_PENALTY, validator=and_(ge(0), le(INFINITY - 1)))
    transport: Literal["ipv6", "ipv4"] = field(default="ipv6", validator=_one_of("ipv6", "ipv4"))
    """What carries Babel; IPv6 is recommended (RFC 8966 section 3.1)."""
    ipv4_network: IPv4Network | None = None
    """The IPv4 network of the link: packets from it are read when Babel runs over IPv4."""

    def __attrs_post_init__(self) -> None:
        if self.rtt_minimum >= self.rtt_maximum:
            raise ValueError(
                f"rtt_minimum: expected less than rtt_maximum ({self.rtt_maximum}), got {self.rtt_minimum}"
            )
        if self.announced_ihu_interval < self.hello_interval:
            raise ValueError(
                f"ihu_interval: expected at least hello_interval ({self.hello_interval}), "
                f"got {self.announced_ihu_interval}"
            )
        if self.transport == "ipv4" and self.ipv4_network is None:
            raise ValueError("ipv4_network: expected the network of the link, because transport is ipv4")

    @property
    def announced_ihu_interval(self) -> Centiseconds:
        """Three Hello intervals unless configured."""
        chosen = self.ihu_interval or IHU_INTERVAL_HELLO_INTERVALS * self.hello_interval
        return min(chosen, LARGEST_FINITE_INTERVAL_CENTISECONDS)

    @property
    def announced_update_interval(self) -> Centiseconds:
        """Four Hello intervals unless configured."""
        chosen = self.update_interval or UPDATE_INTERVAL_HELLO_INTERVALS * self.hello_interval
        return min(chosen, LARGEST_FINITE_INTERVAL_CENTISECONDS)

    @property
    def has_split_horizon(self) -> bool:
        """RFC 8966 section 3.7.4."""
        return self.kind != "wireless" if self.split_horizon is None else self.split_horizon

    @property
    def hello_interval_microseconds(self) -> Microseconds:
        return self.hello_interval * MICROSECONDS_PER_CENTISECOND


@frozen
class Limits:
    """How large a table may grow when the neighbours are hostile.

    What does not fit is dropped, and only new things are: a line that exists is never evicted for another.  A
    full route table ignores Updates for routes it does not have; a full source table makes the router keep to
    itself the routes whose feasibility distance it could not remember (announcing them would not be safe).
    """

    neighbours: int = field(default=1024, validator=ge(1))
    """On one interface."""
    routes: int = field(default=65536, validator=ge(1))
    """All lines of the route table together."""
    routes_per_neighbour: int = field(default=8192, validator=ge(1))
    """So that one neighbour cannot take the space of the others."""
    sources: int = field(default=65536, validator=ge(1))
    requests: int = field(default=4096, validator=ge(1))
    """Pending seqno requests."""
    requesters: int = field(default=16, validator=ge(1))
    """Neighbours to be answered when one pending request is satisfied."""
    holds: int = field(default=65536, validator=ge(1))
    """Prefixes that are kept unreachable; one more that is lost is let go at once."""
    queued: int = field(default=131072, validator=ge(1))
    """Messages waiting to be sent to one destination, not counting Hellos and IHUs."""


@frozen
class RouterConfig:
    """The whole router.

    Raises:
        ValueError: a field is out of its range.
    """

    router_id: RouterId = field(validator=_check_router_id)
    """Eight octets, unique in the network."""
    interfaces: Mapping[str, InterfaceConfig]
    """Name to configuration; an interface that is not here cannot come up."""
    originates: tuple[Prefix, ...] = ()
    """Prefixes announced from the start."""
    originated_metric: int = field(default=0, validator=and_(ge(0), le(INFINITY - 1)))
    hysteresis: bool = True
    """Use the smoothed metric of RFC 8966 appendix A.3."""
    hysteresis_time_constant: int = field(default=HYSTERESIS_TIME_CONSTANT_HELLO_INTERVALS, validator=ge(1))
    """Hello intervals."""
    request_timeout: Microseconds = field(default=REQUEST_TIMEOUT_MICROSECONDS, validator=ge(1))
    request_resends: int = field(default=MAXIMUM_REQUEST_RESENDS, validator=ge(0))
    request_memory: Microseconds = field(default=1_500_000, validator=ge(0))
    """A request that asks for nothing more than one forwarded so recently is redundant; less than the request
    timeout, so that the resend of a lost request is forwarded."""
    forwarded_request_lifetime: Microseconds = field(default=30_000_000, validator=ge(1))
    """How long the answer to a forwarded request is awaited: as long as its originator goes on asking."""
    urgent_timeout: Microseconds = field(default=URGENT_TIMEOUT_MICROSECONDS, validator=ge(2))
    update_copies: int = field(default=4, validator=and_(ge(1), le(5)))
    """How often an urgent Update is sent to neighbours that do not acknowledge it."""
    acknowledgment_interval: Centiseconds = field(default=50, validator=_interval)
    """Within which our urgent Updates are to be acknowledged."""
    packet_gap: Microseconds = field(default=1_000, validator=ge(0))
    """Between two packets on one interface."""
    minimum_hold: Microseconds = field(default=4_000_000, validator=ge(0))
    """A retracted prefix stays unreachable for at least so long, even when every neighbour has acknowledged.
    """
    source_lifetime: Microseconds = field(default=SOURCE_GARBAGE_COLLECTION_MICROSECONDS, validator=ge(1))
    hop_count: int = field(default=INITIAL_HOP_COUNT, validator=and_(ge(2), le(255)))
    """Of the seqno requests that start here; more than the network's diameter."""
    idle_neighbour_lifetime: Microseconds = field(default=60_000_000, validator=ge(1))
    """A neighbour that promised no Hello is forgotten after so much silence."""
    limits: Limits = Limits()
    profile: Profile = field(default=Profile.RFC8966, validator=_one_of(*Profile))
    """The dialect that is spoken on every interface."""
    price: Price = 0
    """What we ask for passing data on, added to what the next hop asks; the profile's largest value is: not
    for sale."""
    originated_price: Price | None = 0
    """What we ask for data to our own prefixes; ``None``: no price is named, so that plain routers can use
    them too."""
    price_unit: PriceUnit = DEFAULT_PRICE_UNIT
    """What our prices mean; neighbours with another unit are neither paid nor asked."""
    weight: Weight = DEFAULT_WEIGHT
    """How much quality counts against price where no table says otherwise."""
    tables: tuple[Table, ...] = ()
    """The price-quality menu: addresses for which another weight holds."""
    maximum_price: Price | None = None
    """A dearer route is not used; ``None``: any price that is for sale is affordable."""
    select_by_path_rtt: bool = False
    """Select by the verifiable metric where it is known, instead of Babel's; only in profile ``althea``."""
    unpriced: Literal["last", "refuse"] = field(default="last", validator=_one_of("last", "refuse"))
    """What becomes of routes that name no price: used when no priced one can be, or never."""
    verification: VerificationConfig = field(factory=VerificationConfig)
    """How routes are verified; only in profile ``althea``."""
    permitted_prefixes: tuple[Prefix, ...] | None = None
    """Only prefixes inside these are learned; ``None``: all that are not martian."""
    preference_pause: Microseconds = field(default=60_000_000, validator=ge(0))
    """In a profile with prices: after a request for a newer seqno that only a preference calls for, and no
    starvation, before the next one about the same prefix and router-id."""
    longest_preference_pause: Microseconds = field(default=3_840_000_000, validator=ge(0))
    """The pause doubles with each such request, up to this."""

    def __attrs_post_init__(self) -> None:
        prices.check("price", self.price, self.profile)
        prices.check("originated_price", self.originated_price or 0, self.profile)
        prices.check("maximum_price", self.maximum_price or 0, self.profile)
        if self.profile is Profile.ALTHEA_2018 and self.originated_price != 0:
            raise ValueError(
                f"originated_price: expected 0 in profile {self.profile}, got {self.originated_price}"
            )
        if self.select_by_path_rtt and self.profile is not Profile.ALTHEA:
            raise ValueError(f"select_by_path_rtt: expected profile {Profile.ALTHEA}, got {self.profile}")
        if self.longest_preference_pause < self.preference_pause:
            raise ValueError(
                f"longest_preference_pause: expected at least preference_pause ({self.preference_pause}), "
                f"got {self.longest_preference_pause}"
            )
        price_agreement.check(self.price_unit)
        menu.check(self.tables)
