# SPDX-License-Identifier: GPL-2.0-only
"""A step of a trace in a sentence that a person reads in a report."""

from typing import Any

from pydantic import BaseModel

from . import trace as words


def describe_observation(watched: words.Observation) -> str:
    """What is looked for: ``Update of 2001:db8:1::/64 with metric finite at B``."""
    kind = watched.kind
    part = getattr(watched, kind)
    where = f" at {watched.at}" if watched.at else ""
    carried = "" if watched.carried == "any" else f", carried by {watched.carried}"
    if isinstance(part, words.SeenRoute):
        return _describe_route(part)
    if isinstance(part, words.SeenData):
        towards = f"towards {part.towards}" if part.towards else "to any neighbour"
        return f"a data packet to {part.destination}, sent in by {part.sent_by}, comes out {towards}"
    return f"{kind.replace('_', ' ')}{_fields(part)}{where}{carried}"


def _describe_route(part: words.SeenRoute) -> str:
    match part.state:
        case "via":
            hop = f" with next hop {part.next_hop}" if part.next_hop else ""
            through = f" via {part.via}" if part.via else ""
            return f"forwarding table has {part.prefix}{through}{hop}"
        case "gone":
            return f"forwarding table forwards nothing along {part.prefix}"
        case _:
            return f"forwarding table refuses {part.prefix} as unreachable"


def _fields(part: BaseModel) -> str:
    given = [
        f"{name} {_plain(value)}"
        for name, value in part
        if name in part.model_fields_set and value not in ("any", None)
    ]
    return f" with {', '.join(given)}" if given else ""


def _plain(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(_plain(one) for one in value)
    if isinstance(value, BaseModel):
        return (
            "{"
            + ", ".join(f"{name} {_plain(one)}" for name, one in value if name in value.model_fields_set)
            + "}"
        )
    return value.hex() if isinstance(value, bytes) else str(value)


def describe_step(step: words.Step) -> str:
    """The step in one line."""
    part = getattr(step, step.verb)
    watching = _describe_watching(part)
    return watching if watching is not None else _describe_acting(step.verb, part)


def _describe_watching(part: object) -> str | None:
    match part:
        case words.Expect():
            return f"{describe_observation(part)}, within {part.within}"
        case words.Never():
            until = (
                f"for {part.during}" if part.during else f"before {part.barrier}'s acknowledgment and 0.5 s"
            )
            return f"never: {describe_observation(part)}, {until}"
        case words.Count():
            most = "any number" if part.most is None else str(part.most)
            return f"{part.least} to {most} of: {describe_observation(part)}, since mark {part.since}"
        case words.Barrier():
            return f"{part.by} asks for an acknowledgment and gets it, within {part.within}"
        case _:
            return None


def _describe_acting(verb: str, part: object) -> str:
    match part:
        case words.Announce():
            how = "once" if part.once else f"every {part.interval} cs"
            asked = "" if part.price is None else f"price {part.price}, "
            return (
                f"{part.by} announces {part.prefix} with router-id {part.router_id.hex()}, "
                f"seqno {part.seqno}, metric {part.metric}, {asked}{how}"
            )
        case words.Withdraw():
            return f"{part.by} retracts {part.prefix}"
        case words.Silence():
            return f"{part.by} stops announcing {part.prefix}"
        case words.Send():
            return describe_send(part)
        case words.Keepalive():
            return f"{part.by} changes its keepalives:{_fields(part)}"
        case words.ChangeFarEnd():
            return f"far end {part.name} changes:{_fields(part)}"
        case words.SendTunnel():
            said = "; ".join(_describe_tlv(tlv) for tlv in part.tlvs) or "nothing"
            return f"far end {part.by} says through the tunnel: {said}"
        case words.Flood():
            return f"{part.by} floods {part.updates} Updates below {part.base}"
        case tuple():
            return f"{', '.join(part)} come up"
        case _:
            return {
                "wait": f"wait {part}",
                "mark": f"mark {part}",
                "from_now": "look only at what comes from now on",
                "alive": "the device lives and answers an Acknowledgment Request",
                "stop": "the device is asked to stop",
                "set_price": f"the device is told to ask {part}",
                "memory": f"the device uses at most {part} octets of memory",
            }[verb]


def describe_send(send: words.Send) -> str:
    """The packet in one line: neighbour, TLVs, and all that is out of the ordinary."""
    if send.raw is not None:
        body = f"raw octets {send.raw.hex(' ')}"
    else:
        body = "; ".join(_describe_tlv(tlv) for tlv in send.tlvs) or "an empty packet"
    odd = _fields(send.packet) + _fields(send.transport)
    return f"{send.by} sends {body}{odd}"


def _describe_tlv(tlv: words.Tlv) -> str:
    for name, value in tlv:
        if value is not None:
            return f"{name.replace('_', ' ')}{_fields(value)}"
    return "nothing"
