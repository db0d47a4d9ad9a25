# SPDX-License-Identifier: GPL-2.0-only
"""The form of a trace: data that any language can replay.

A trace asks for a fresh device on some links, says which neighbours the suite plays, and lists steps.  A step
that *judges* names the requirements it judges; a step that does not is preparation, and when preparation
fails the trace is inconclusive, never a failure.

The models below are the schema; ``trace_schema()`` renders it as JSON Schema for other languages.
"""

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from .lab import Feature, Pace, Profile


class TraceError(Exception):
    """A trace file breaks its schema: one line that names the file, the field and what was expected."""


def _octets(value: object) -> object:
    if isinstance(value, str):
        text = value.replace(" ", "").replace(":", "")
        if re.fullmatch(r"([0-9a-fA-F]{2})*", text):
            return bytes.fromhex(text)
        raise ValueError("expected pairs of hexadecimal digits")
    return value


def _router_id_or_name(value: object) -> object:
    if isinstance(value, str):
        if re.fullmatch(r"[0-9a-fA-F]{16}", value):
            return bytes.fromhex(value)
        one = r"(\$\w+|[0-9a-fA-F]{16})"
        if not re.fullmatch(rf"any|{one}|!= {one}( {one})*", value):
            raise ValueError("expected 16 hexadecimal digits or $name")
    return value


def _matcher(value: object) -> object:
    return value if isinstance(value, str) else str(value)


Octets: TypeAlias = Annotated[bytes, BeforeValidator(_octets)]
"""Octets written as hexadecimal digits; blanks and colons are ignored."""
Integer: TypeAlias = int | str
"""A number, or ``$name`` / ``$name + 1``: a value saved by an earlier step."""
Matcher: TypeAlias = Annotated[str, BeforeValidator(_matcher)]
"""``7``, ``!= 7``, ``<= 7``, ``1..9``, ``finite``, ``infinite``, ``newer than $s``, ``any``."""
Duration: TypeAlias = Annotated[str, Field(pattern=r"^\d+(\.\d+)? (s|ms|hello|ihu|update|route)$")]
"""``0.2 s``, or a multiple of an announced interval: the device's ``hello``, ``ihu`` or ``update``, or the
``route`` interval that we announced last."""
RouterId: TypeAlias = Annotated[bytes, BeforeValidator(_octets), Field(min_length=8, max_length=8)]
Network: TypeAlias = IPv4Network | IPv6Network
Address: TypeAlias = IPv4Address | IPv6Address
RouterIdOrName: TypeAlias = Annotated[bytes | str, BeforeValidator(_router_id_or_name)]
"""Sixteen hexadecimal digits or ``$name``; where something is watched, ``any`` and ``!= `` before some."""
Weight: TypeAlias = Annotated[str, Field(pattern=r"^[0-9]+(/[0-9]+)?$")]
"""A fraction: ``19/10``, or a whole number."""
RequirementId: TypeAlias = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9]*(-[A-Z0-9]+)+$")]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, val_json_bytes="hex", ser_json_bytes="hex")


class PriceUnit(_Model):
    """What a price means: so much of a currency for so much data."""

    octets: int = Field(1_000_000, ge=1, lt=1 << 64)
    currency: int = Field(1, ge=0, le=65535)


# --- what we send -----------------------------------------------------------------------------------------


class SubTlv(_Model):
    """A sub-TLV.  Without a length the true one is written; ``raw`` replaces everything."""

    type: int = Field(0, ge=0, le=255)
    body: Octets = b""
    numbers: tuple[Integer, ...] = ()
    """After the body, four octets each, modulo 2**32: timestamps that follow from those of the device."""
    length: int | None = Field(None, ge=0, le=255)
    raw: Octets | None = None


class _Tlv(_Model):
    sub_tlvs: tuple[SubTlv, ...] = ()
    length: int | None = Field(None, ge=0, le=255)
    """Overrides the Length octet, to make a malformed TLV."""
    cut: int = Field(0, ge=0)
    """Octets cut off the end of the finished TLV; Length is reduced with them unless ``length`` is given."""


class Pad1(_Model):
    """TLV 0."""


class PadN(_Model):
    """TLV 1."""

    mbz: Octets = b""


class AckRequest(_Tlv):
    """TLV 2."""

    opaque: Integer = 0
    interval: int = 100
    reserved: int = 0


class Ack(_Tlv):
    """TLV 3."""

    opaque: Integer = 0


class Hello(_Tlv):
    """TLV 4.  ``seqno`` ``next`` takes (and advances) the neighbour's own counter of that kind."""

    flags: int = 0
    seqno: int | str = "next"
    interval: int = 400
    price_unit: PriceUnit | None = None
    """What the sender's prices mean (profile ``althea``)."""


class Ihu(_Tlv):
    """TLV 5.  Without an address: the device's own link-local one (AE 3)."""

    ae: int = 3
    rxcost: int = 96
    interval: int = 1200
    reserved: int = 0
    address: Address | Literal["device", "none"] | None = "device"
    octets: Octets | None = None
    """The address field as it is, whatever the AE says."""


class RouterIdTlv(_Tlv):
    """TLV 6."""

    router_id: RouterId
    reserved: int = 0


class NextHop(_Tlv):
    """TLV 7.  ``self`` is the sending neighbour's address of the family of the AE."""

    ae: int = 1
    reserved: int = 0
    address: Address | Literal["self"] | None = "self"
    octets: Octets | None = None


class Update(_Tlv):
    """TLV 8.  AE, Plen and prefix octets follow from ``prefix`` unless they are given."""

    prefix: Network | None = None
    ae: int | None = None
    flags: int = 0
    plen: int | None = None
    omitted: int = 0
    interval: int = 1600
    seqno: Integer = 1
    metric: Integer = 0
    octets: Octets | None = None
    """The Prefix field as it is; else the octets of ``prefix`` after ``omitted``."""
    price: Integer | None = None
    """Where the layout puts it; the layout of 2018 always has one, and 0 where none is given."""
    path_rtt: Integer | None = None
    """Microseconds."""
    path_delivery: Integer | None = None
    """65535ths; no layout but that of ``althea`` has it."""
    layout: Profile | None = None
    """How price and path RTT are written; as the profile of the trace says, where it is not given."""


class RouteRequest(_Tlv):
    """TLV 9.  Without a prefix: the wildcard request."""

    prefix: Network | None = None
    ae: int | None = None
    plen: int | None = None
    octets: Octets | None = None


class SeqnoRequest(_Tlv):
    """TLV 10."""

    prefix: Network | None = None
    ae: int | None = None
    plen: int | None = None
    seqno: Integer = 1
    hop_count: int = 64
    reserved: int = 0
    router_id: RouterIdOrName
    octets: Octets | None = None


class RemoteHello(_Tlv):
    """TLV 240, inside a tunnel."""

    identifier: Octets = bytes(8)
    """The interface identifier of a neighbour's link-local address."""
    route: Integer = 0
    seqno: Integer = 0
    interval: int = 100
    transmit: Integer = 0


class RemoteIhu(_Tlv):
    """TLV 241, inside a tunnel."""

    identifier: Octets = bytes(8)
    route: Integer = 0
    seqno: Integer = 0
    received: int = 1
    window: int = 1
    origin: Integer = 0
    receive: Integer = 0
    transmit: Integer = 0
    return_rtt: int | None = None
    """Microseconds."""
    return_delivery: int | None = None
    """65535ths."""


class AnyTlv(_Model):
    """A TLV of any type with any body."""

    type: int = Field(ge=0, le=255)
    body: Octets = b""
    length: int | None = Field(None, ge=0, le=255)


class Fill(_Model):
    """As many Updates as there is room for in a packet as long as the link carries, then PadN.

    How many that are depends on the layout.
    """

    update: Update
    """The first; each further one is for the network that follows."""


class Raw(_Model):
    """Octets that take the place of a TLV."""

    octets: Octets


class Tlv(_Model):
    """Exactly one of these."""

    pad1: Pad1 | None = None
    pad_n: PadN | None = None
    ack_request: AckRequest | None = None
    ack: Ack | None = None
    hello: Hello | None = None
    ihu: Ihu | None = None
    router_id: RouterIdTlv | None = None
    next_hop: NextHop | None = None
    update: Update | None = None
    route_request: RouteRequest | None = None
    seqno_request: SeqnoRequest | None = None
    remote_hello: RemoteHello | None = None
    remote_ihu: RemoteIhu | None = None
    any: AnyTlv | None = None
    raw: Raw | None = None
    fill: Fill | None = None

    @model_validator(mode="after")
    def _one(self) -> "Tlv":
        _exactly_one(self, type(self).model_fields)
        return self


class Transport(_Model):
    """What surrounds the Babel packet; everything has the right value unless it is given."""

    source: Address | None = None
    destination: Address | Literal["multicast", "unicast"] = "multicast"
    source_port: int = 6696
    destination_port: int = 6696
    hop_limit: int = 1


class Packet(_Model):
    """The four header octets and what follows the body."""

    magic: int = 42
    version: int = 2
    body_length: int | None = None
    trailer: tuple[Tlv, ...] = ()


class Send(_Model):
    """One packet from one neighbour."""

    by: str
    tlvs: tuple[Tlv, ...] = ()
    raw: Octets | None = None
    """The whole UDP payload as it is."""
    packet: Packet = Packet()
    transport: Transport = Transport()


class Announce(_Model):
    """A route announced now, and again in every interval until it is withdrawn or silenced."""

    by: str
    prefix: Network
    router_id: RouterId = bytes.fromhex("0200000000000a01")
    seqno: Integer = 1
    metric: Integer = 0
    interval: int = 1600
    next_hop: Address | None = None
    price: Integer | None = None
    path_rtt: Integer | None = None
    path_delivery: Integer | None = None
    layout: Profile | None = None
    """As in an Update."""
    once: bool = False
    """Do not repeat."""


class Withdraw(_Model):
    """A retraction now, and no more announcements."""

    by: str
    prefix: Network


class Silence(_Model):
    """No more announcements, and no retraction."""

    by: str
    prefix: Network


class Keepalive(_Model):
    """Change what a neighbour does by itself."""

    by: str
    hello: bool | None = None
    ihu: bool | None = None
    rxcost: int | None = None
    hello_interval: int | None = Field(None, ge=1)
    ihu_interval: int | None = Field(None, ge=1)
    skip: int | None = None
    """So many of its Multicast Hello numbers are left out before the next one; negative: used again."""
    now: bool = True
    """Send a Hello and an IHU (those that are on) at once."""
    times: int = Field(1, ge=1, le=100)
    """So often at once, each Hello with a number of its own."""
    price_unit: PriceUnit | Literal["device", "none"] | None = None
    """What its Hellos say of its prices from now on."""
    rtt: int | None = Field(None, ge=0)
    """As of a neighbour."""


class Way(_Model):
    """How probes by one neighbour fare."""

    delay: int = Field(20, ge=0)
    """Milliseconds from a Remote Hello to its answer, without the pause of the far end."""
    answered: Weight = "1"
    """The share of Remote Hellos that are answered."""


class FarEnd(_Model):
    """The other end of a tunnel of the device; the suite plays it."""

    prefix: Network
    data: int = Field(0, ge=0)
    """Milliseconds between the data packets that the device sends there; 0: none."""
    ways: dict[str, Way] = {}
    """By the name of the neighbour that a Remote Hello leaves by."""
    pause: int = Field(0, ge=0)
    """Milliseconds for which it has a Remote Hello, by its own timestamps, before it answers."""
    copies: int = Field(1, ge=1)
    """So often it sends each answer."""
    misrouted: bool = False
    """Remote Hellos that get no answer get one with another route number."""
    return_rtt: int | None = 20000
    """Microseconds: what it says of its way back; null: nothing."""
    return_delivery: int | None = 65535
    """65535ths."""


class ChangeFarEnd(_Model):
    """What a far end does from now on; what is left out stays."""

    name: str
    data: int | None = Field(None, ge=0)
    ways: dict[str, Way] | None = None
    pause: int | None = Field(None, ge=0)
    return_rtt: int | Literal["none"] | None = None
    return_delivery: int | None = None


class SendTunnel(_Model):
    """What a far end says through the tunnel, in one sequence."""

    by: str
    tlvs: tuple[Tlv, ...] = ()


class Flood(_Model):
    """Many Updates with ever new prefixes and router-ids, as fast as the link takes them."""

    by: str
    updates: int = Field(ge=1, le=1_000_000)
    base: Network
    plen: int
    distinct_router_ids: bool = True
    metric: int = 0
    interval: int = 1600


# --- what we watch ----------------------------------------------------------------------------------------


class SeenHello(_Model):
    flags: Matcher = "any"
    seqno: Matcher = "any"
    interval: Matcher = "any"
    unicast: bool | None = None
    timestamp: Matcher = "any"
    """Microseconds of the device's clock (RFC 9616), modulo 2**32."""
    unit_octets: Matcher = "any"
    unit_currency: Matcher = "any"
    """Of the price unit that it names."""


class SeenIhu(_Model):
    """IHUs addressed to the observing neighbour (``to: anyone`` for all)."""

    rxcost: Matcher = "any"
    interval: Matcher = "any"
    origin: Matcher = "any"
    """The timestamp of ours that it returns (RFC 9616), modulo 2**32."""
    receive: Matcher = "any"
    """When that came, in microseconds of the device's clock, modulo 2**32."""
    to: Literal["observer", "anyone"] = "observer"


class SeenUpdate(_Model):
    """Updates after decompression, with the parser state applied."""

    prefix: Network | Literal["any", "wildcard"] = "any"
    metric: Matcher = "any"
    seqno: Matcher = "any"
    router_id: RouterIdOrName = "any"
    interval: Matcher = "any"
    price: Matcher = "any"
    path_rtt: Matcher = "any"
    """Microseconds."""
    path_delivery: Matcher = "any"
    """65535ths."""


class SeenAck(_Model):
    opaque: Matcher = "any"


class SeenAckRequest(_Model):
    interval: Matcher = "any"


class SeenRouteRequest(_Model):
    prefix: Network | Literal["any", "wildcard"] = "any"


class SeenSeqnoRequest(_Model):
    prefix: Network | Literal["any"] = "any"
    router_id: RouterIdOrName = "any"
    seqno: Matcher = "any"
    hop_count: Matcher = "any"


class SeenRemoteHello(_Model):
    """Remote Hellos that come out of a tunnel, at its far end."""

    through: str = "any"
    """A neighbour: the one that it names, and that it left by."""
    route: Matcher = "any"
    seqno: Matcher = "any"
    interval: Matcher = "any"


class SeenRemoteIhu(_Model):
    """Remote IHUs that come out of a tunnel, at its far end."""

    identifier: str = "any"
    """Sixteen hexadecimal digits."""
    route: Matcher = "any"
    seqno: Matcher = "any"
    received: Matcher = "any"
    window: Matcher = "any"
    origin: Matcher = "any"
    path_rtt: Matcher = "any"
    path_delivery: Matcher = "any"
    """Of the way back."""


class SeenRoute(_Model):
    """A line of the forwarding table; ``via`` names a neighbour."""

    prefix: Network | Literal["any"]
    """``any``: whichever line."""
    state: Literal["via", "unreachable", "gone", "held"] = "via"
    """``gone``: nothing forwards it; ``unreachable`` (or ``held``): it is there and refuses."""
    via: str | None = None
    next_hop: Address | None = None


class SeenData(_Model):
    """A data packet sent into the device comes out again towards that neighbour."""

    sent_by: str
    source: Address
    destination: Address
    towards: str | None = None
    """A neighbour; nothing means any of them."""


ANYONE = "anyone"
OBSERVABLE = (
    "hello",
    "ihu",
    "update",
    "ack",
    "ack_request",
    "route_request",
    "seqno_request",
    "remote_hello",
    "remote_ihu",
    "fib",
    "data",
)


TUNNELLED = ("remote_hello", "remote_ihu")


class Observation(_Model):
    """Exactly one kind of thing, and where: ``at`` a neighbour (its unicast, and its link's multicast)."""

    at: str | None = None
    """A neighbour, or ``anyone``: all links, and unicast to whomever; for what comes out of a tunnel, the
    far end."""
    carried: Literal["any", "unicast", "multicast"] = "any"
    hello: SeenHello | None = None
    ihu: SeenIhu | None = None
    update: SeenUpdate | None = None
    ack: SeenAck | None = None
    ack_request: SeenAckRequest | None = None
    route_request: SeenRouteRequest | None = None
    seqno_request: SeenSeqnoRequest | None = None
    remote_hello: SeenRemoteHello | None = None
    remote_ihu: SeenRemoteIhu | None = None
    fib: SeenRoute | None = None
    data: SeenData | None = None

    @model_validator(mode="after")
    def _placed(self) -> "Observation":
        kind = self.kind
        if kind not in {"fib", "data"} and self.at is None:
            raise ValueError(f"{kind} needs 'at': the neighbour where it is looked for")
        return self

    @property
    def kind(self) -> str:
        """``hello`` … ``seqno_request``, ``fib`` or ``data``."""
        return _exactly_one(self, OBSERVABLE)


class Expect(Observation):
    """Must come within that time after the last stimulus."""

    within: Duration = "2 hello"
    save: dict[str, str] = {}
    """Name to field: keeps a field of what came, for later ``$name``."""


class Never(Observation):
    """Must not come after the last stimulus: until that time is over, or (``barrier``) until that
    neighbour's Acknowledgment Request, sent now, has been answered and half a second more has passed."""

    during: Duration | None = None
    barrier: str | None = None

    @model_validator(mode="after")
    def _bounded(self) -> "Never":
        if (self.during is None) == (self.barrier is None):
            raise ValueError("give either 'during' or 'barrier'")
        return self


class Count(Observation):
    """How many have come between a mark and now."""

    since: str
    least: int = 0
    most: int | None = None
    packets: bool = False
    """Count the packets that carry one or more, instead of the TLVs."""
    save: dict[str, str] = {}


class Barrier(_Model):
    """An Acknowledgment Request that must be answered: proof that all before it has been read."""

    by: str
    within: Duration = "2 s"


class Step(_Model):
    """Exactly one verb.  ``judges`` names the requirements on which its outcome is a verdict."""

    judges: tuple[RequirementId, ...] = ()
    note: str = ""

    up: tuple[str, ...] | None = None
    announce: Announce | None = None
    withdraw: Withdraw | None = None
    silence: Silence | None = None
    keepalive: Keepalive | None = None
    send: Send | None = None
    flood: Flood | None = None
    expect: Expect | None = None
    never: Never | None = None
    count: Count | None = None
    barrier: Barrier | None = None
    wait: Duration | None = None
    mark: str | None = None
    from_now: bool | None = None
    """What is watched after this step must come after it, although it is no stimulus."""
    alive: bool | None = None
    stop: bool | None = None
    """Ask the device to stop gracefully."""
    far_end: ChangeFarEnd | None = None
    tunnel: SendTunnel | None = None
    set_price: int | None = Field(None, ge=0, le=0xFFFF_FFFF)
    """Tell the device what it asks from now on."""
    memory: int | None = None
    """Resident memory of the device is at most this many octets."""

    @model_validator(mode="after")
    def _one(self) -> "Step":
        if self.judges and self.verb not in {"expect", "never", "count", "barrier", "alive", "memory"}:
            raise ValueError(f"'{self.verb}' cannot judge")
        return self

    @property
    def verb(self) -> str:
        """``up`` … ``memory``."""
        return _exactly_one(self, set(type(self).model_fields) - {"judges", "note"})


# --- the whole ----------------------------------------------------------------------------------------------


class Neighbour(_Model):
    """A router that the suite plays."""

    link: str
    rxcost: int = 96
    hello_interval: int = Field(400, ge=1)
    ihu_interval: int = Field(1200, ge=1)
    ihu_every: int = Field(1, ge=1)
    """An IHU goes with every so-many-th Hello."""
    first_seqno: int = Field(1, ge=0, le=65535)
    acks: bool = True
    """Answers the device's Acknowledgment Requests, as it must (RTG-ACK-01)."""
    price_unit: PriceUnit | Literal["device", "none"] = "device"
    """What its Hellos say of its prices (profile ``althea``); ``device``: the same as the device's own."""
    rtt: int | None = Field(None, ge=0)
    """Milliseconds by which its clock makes the link look longer than it is.  Its Hellos and IHUs have the
    timestamps of RFC 9616 then."""
    hears: Weight = "1"
    """The share of the device's Hellos that it hears: its timestamps echo no other."""
    loses: int = Field(0, ge=0)
    """So many of its Multicast Hello numbers are left out before each Hello."""


class Link(_Model):
    medium: Literal["wired", "wireless", "tunnel"] = "wired"
    mtu: int = 1500
    rtt: bool = False


class Verification(_Model):
    """How the device checks what its neighbours announce; what is left out is the device's own choice."""

    cycle: int | None = Field(None, ge=1)
    memory: int | None = Field(None, ge=1)
    probes: int | None = Field(None, ge=1, le=32767)
    probe_interval: int | None = Field(None, ge=1)
    answer_patience: int | None = Field(None, ge=1)
    carrier_patience: int | None = Field(None, ge=0)
    lost_after: int | None = Field(None, ge=1)
    lowest_accuracy: Weight | None = None
    readmission_accuracy: Weight | None = None
    banishment: int | None = Field(None, ge=1)
    tolerance: Weight | None = None
    correction: int | None = Field(None, ge=0)


class Device(_Model):
    links: dict[str, Link] = {"a": Link(), "b": Link(), "c": Link()}
    originates: tuple[Network, ...] = ()
    timers: Literal["default", "short"] = "default"
    """``short``: Hello 1 s, Update 4 s."""
    update_interval: int | None = Field(None, ge=1, le=65534)
    """Of the device, in centiseconds, where neither the default nor the short one will do."""
    price: int = Field(0, ge=0, le=0xFFFF_FFFF)
    """What it asks for passing data on."""
    originated_price: int | Literal["none"] = 0
    """What it asks for data to its own prefixes; ``none``: it names no price for them."""
    price_unit: PriceUnit = PriceUnit()
    weight: Weight | None = None
    """n: how much quality counts against price."""
    tables: dict[Network, Weight] = {}
    """Another weight for the destinations inside a network."""
    maximum_price: int | None = Field(None, ge=0, le=0xFFFF_FFFF)
    unpriced: Literal["last", "refuse"] = "last"
    permitted: tuple[Network, ...] = ()
    """Prefixes outside of these are refused; empty: everything is permitted."""
    select_by_path_rtt: bool = False
    verification: Verification = Verification()
    """Times in milliseconds, shares as fractions."""


class Trace(_Model):
    """One conversation with one fresh device."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9-]+/[a-z0-9-]+$")]
    title: str
    about: str = ""
    since: str = "1"
    """The version of the law that first asked for this trace."""
    profile: Profile = Profile.RFC8966
    """The wire profile of the device and of its neighbours.  A plain trace is played in the others as well,
    its Updates written in their layout."""
    except_in: tuple[Profile, ...] = ()
    """Profiles in which a plain trace does not hold."""
    also_in: tuple[Profile, ...] = ()
    """Other profiles in which a trace that is not plain holds."""
    rows: tuple[str, ...] = ()
    """Rows of the malformed-input table or of the traps covered (``2.19/...``, ``T-07``)."""
    needs: tuple[Feature, ...] = ()
    pace: Pace = Pace.FAST
    device: Device = Device()
    neighbours: dict[str, Neighbour]
    far_ends: dict[str, FarEnd] = {}
    steps: tuple[Step, ...]

    @property
    def floods(self) -> bool:
        """Whether it takes more of the device's time than a neighbour may: promises are not judged then."""
        return any(step.flood is not None for step in self.steps)

    @property
    def requirements(self) -> tuple[str, ...]:
        """What this trace judges, in order of first appearance."""
        return tuple(dict.fromkeys(one for step in self.steps for one in step.judges))

    @model_validator(mode="after")
    def _names(self) -> "Trace":
        for name, neighbour in self.neighbours.items():
            if neighbour.link not in self.device.links:
                raise ValueError(f"neighbours.{name}.link: '{neighbour.link}' is not a link of the device")
        marks: set[str] = set()
        for index, step in enumerate(self.steps):
            for name in _far_ends_of(step):
                if name not in self.far_ends:
                    raise ValueError(f"steps.{index}: '{name}' is not a far end of this trace")
            for name in _neighbours_of(step):
                if name not in self.neighbours:
                    raise ValueError(f"steps.{index}: '{name}' is not a neighbour of this trace")
            if step.mark:
                marks.add(step.mark)
            if step.count and step.count.since not in marks:
                raise ValueError(f"steps.{index}.count.since: no mark '{step.count.since}' before this step")
        return self


def _exactly_one(model: BaseModel, names: Any) -> str:
    given = [name for name in names if getattr(model, name, None) is not None]
    if len(given) != 1:
        raise ValueError(
            f"expected exactly one of {', '.join(sorted(names))}; got {', '.join(sorted(given)) or 'none'}"
        )
    return str(given[0])


def _neighbours_of(step: Step) -> list[str]:
    names = list(step.up or ())
    acting = (step.announce, step.withdraw, step.silence, step.keepalive, step.send, step.flood, step.barrier)
    names += [part.by for part in acting if part is not None]
    for watched in (step.expect, step.never, step.count):
        if watched is None:
            continue
        names += [
            name
            for name in (None if watched.kind in TUNNELLED else watched.at, getattr(watched, "barrier", None))
            if name and name != ANYONE
        ]
        if watched.remote_hello and watched.remote_hello.through != "any":
            names.append(watched.remote_hello.through)
        if watched.fib and watched.fib.via:
            names.append(watched.fib.via)
        if watched.data:
            names += [name for name in (watched.data.sent_by, watched.data.towards) if name]
    return names


def _far_ends_of(step: Step) -> list[str]:
    names = [step.far_end.name] if step.far_end else []
    names += [step.tunnel.by] if step.tunnel else []
    for watched in (step.expect, step.never, step.count):
        if watched is not None and watched.kind in TUNNELLED:
            names.append(watched.at or "")
    return names


def load_trace(path: Path) -> Trace:
    """Read one trace file.

    Raises:
        TraceError: the file cannot be read, is not YAML, or breaks the schema.
    """
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except OSError as error:
        raise TraceError(f"{path}: cannot be read: {error.strerror}") from error
    except yaml.YAMLError as error:
        raise TraceError(f"{path}: not YAML: {' '.join(str(error).split())}") from error
    try:
        return Trace.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "(top)"
        raise TraceError(f"{path}: {where}: {first['msg']}") from error


def load_traces(folder: Path) -> list[Trace]:
    """Every trace below a folder, sorted by id; the id of a trace is its place below the folder.

    Raises:
        TraceError: as :func:`load_trace`, or an id that is not the file's place.
    """
    traces = []
    for path in sorted(folder.rglob("*.yaml")):
        trace = load_trace(path)
        expected = path.relative_to(folder).with_suffix("").as_posix()
        if trace.id != expected:
            raise TraceError(f"{path}: id: expected '{expected}', the file's place; got '{trace.id}'")
        traces.append(trace)
    return traces


def trace_schema() -> dict[str, Any]:
    """JSON Schema of a trace file."""
    return Trace.model_json_schema()
