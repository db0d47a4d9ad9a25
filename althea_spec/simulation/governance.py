# SPDX-License-Identifier: GPL-2.0-only
"""The communities of a simulated economy: members, money, who decided what, and who was cut off when."""

from typing import Any

from attrs import frozen

from ..reference.dao import community as effects
from ..reference.dao.community import Effect
from ..reference.dao.community_module import CommunityMessage
from ..reference.network.communities import Communities
from ..reference.network.community_state import BlockRow, Happened
from ..reference.network.economy import Economy
from .plots import LinePlot, Timeline, clock, counted, line_plot, timeline


@frozen
class Table:
    """Rows of texts under headings."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def curves(economy: Economy) -> list[LinePlot]:
    """Members, escrows and treasuries, block by block; nothing where there are no communities."""
    found = economy.communities
    if found is None:
        return []
    rows = found.state.rows
    times = list(dict.fromkeys(row.time for row in rows))
    return [
        line_plot("Treasuries and escrows", economy.spec.coin, times, _money(rows), steps=True),
        line_plot("Members that have paid", "routers", times, _members(rows), steps=True),
    ]


def tunnels(economy: Economy, most: int) -> list[Timeline]:
    """When each tunnel was up, in so many rows at the most."""
    found = economy.communities
    if found is None:
        return []
    rows = found.state.links.until(economy.now)
    return [timeline("Tunnels", economy.now, dict(list(rows.items())[:most]), ["up"])]


def tables(economy: Economy) -> list[Table]:
    """Decisions, and who was cut off when."""
    found = economy.communities
    if found is None:
        return []
    return [
        Table("Decided", ("when", "community", "what", "whom or what about"), _decisions(found)),
        Table("Cut off", ("when", "router", "neighbour", "after the block by"), _cuts(found)),
    ]


def data(economy: Economy) -> dict[str, Any]:
    """The same as numbers."""
    found = economy.communities
    if found is None:
        return {}
    return {
        "communities": {
            "blocks": [
                {
                    "time_us": row.time,
                    "community": row.community,
                    "members": row.members,
                    "admitted": row.admitted,
                    "escrow": row.escrow,
                    "treasury": row.treasury,
                    "is_listed": row.is_listed,
                }
                for row in found.state.rows
            ],
            "messages": [_message(one) for one in found.state.happened],
            "tunnels": found.state.links.until(economy.now),
            "cut_off": [
                {"time_us": one.time, "router": one.name, "neighbour": one.neighbour, "after_us": one.after}
                for one in found.watch.cuts
            ],
        }
    }


def _message(one: Happened) -> dict[str, Any]:
    reason = one.receipt.rejection
    return {
        "time_us": one.time,
        "by": one.by,
        "message": type(one.message).__name__,
        "status": one.receipt.status.name,
        "rejection": None if reason is None else reason.value,
        "effects": [type(effect).__name__ for effect in one.effects],
    }


def _money(rows: list[BlockRow]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for row in rows:
        found.setdefault(f"{row.community}, treasury", []).append(row.treasury)
        found.setdefault(f"{row.community}, escrow", []).append(row.escrow)
    return found


def _members(rows: list[BlockRow]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for row in rows:
        found.setdefault(row.community, []).append(row.admitted)
    return found


def _decisions(found: Communities) -> tuple[tuple[str, ...], ...]:
    names = {one.prefix: one.name for one in found.state.spec.communities}
    rows = [
        (clock(one.time), names[one.message.prefix], *told)
        for one in found.state.happened
        if isinstance(one.message, CommunityMessage)
        for effect in one.effects
        if (told := _told(effect)) is not None
    ]
    listed = [
        (clock(row.time), row.community, "listed" if row.is_listed else "delisted", "")
        for before, row in _changes(found.state.rows)
        if before != row.is_listed
    ]
    return tuple(sorted([*rows, *listed], key=lambda row: _seconds(row[0])))


def _changes(rows: list[BlockRow]) -> list[tuple[bool, BlockRow]]:
    """Each row with whether its community was listed in the row before."""
    last: dict[str, bool] = {}
    found = []
    for row in rows:
        found.append((last.get(row.community, False), row))
        last[row.community] = row.is_listed
    return found


def _seconds(time: str) -> int:
    hours, minutes, *seconds = (int(part) for part in time.split(":"))
    return hours * 3600 + minutes * 60 + (seconds[0] if seconds else 0)


def _told(effect: Effect) -> tuple[str, str] | None:
    """What has changed, in words; proposals that are only made are left out."""
    match effect:
        case effects.MemberAdded(member):
            return "member added", f"{member.nickname} at {member.address}"
        case effects.MemberRemoved(member):
            return "member removed", f"{member.nickname} at {member.address}"
        case effects.OrganizerAdded(organizer):
            return "organizer added", organizer.name
        case effects.OrganizerRemoved(organizer):
            return "organizer removed", organizer.name
        case effects.FeeChanged(fee):
            return "fee announced", counted(fee)
        case effects.RulesChanged(version):
            return "rules changed", f"version {version}"
        case effects.Disbursed(recipient, coin):
            return "disbursed", f"{counted(coin.amount)} {coin.denomination} to {recipient}"
        case effects.ListingFunded(coin):
            return "staked", f"{counted(coin.amount)} {coin.denomination}"
        case effects.ProposalFailed(number, reason):
            return "proposal failed", f"{number}: {reason.value}"
        case _:
            return None


def _cuts(found: Communities) -> tuple[tuple[str, ...], ...]:
    return tuple(
        (clock(one.time), one.name, one.neighbour, f"{one.after // 1_000_000} s") for one in found.watch.cuts
    )
