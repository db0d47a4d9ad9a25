# SPDX-License-Identifier: GPL-2.0-only
"""The screens of a community: the list of nodes, the organizers, the votes, the treasury."""

from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from .reference.dao import action as actions
from .reference.dao import ballot, governance, proposal, rules
from .reference.dao.community import Community
from .reference.dao.proposal import Decision, Proposal, Status
from .reference.dao.state_file import State, fields_of


def screens(state: State) -> RenderableType:
    """All screens, one under the other."""
    community = state.community
    head = f"{community.name} · {community.members.prefix} · block {state.height}"
    fee = f"fee {community.fee} {community.fee_denomination} per block"
    return Group(
        Text(head, style="bold"),
        Text(fee),
        _table("Node list", ("nickname", "account", "address", "notes"), _members(community)),
        _table("Organizers", ("name", "account", "weight"), _organizers(community)),
        _table("Voting", ("", "action", "what", "by", "votes", "state"), _votes(state)),
        _table("Treasury", ("amount", "coin"), [(str(one.amount), one.denomination) for one in state.coins]),
    )


def _table(title: str, columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> RenderableType:
    table = Table(*columns, title=f"{title} ({len(rows)})", title_justify="left", title_style="bold")
    for row in rows:
        table.add_row(*map(Text, row))
    return table


def _members(community: Community) -> list[tuple[str, ...]]:
    listed = sorted(community.members.by_address.values(), key=lambda one: one.address)
    return [(one.nickname, one.account, str(one.address), one.notes) for one in listed]


def _organizers(community: Community) -> list[tuple[str, ...]]:
    return [(one.name, one.account, str(one.weight)) for one in community.organizers.values()]


def _votes(state: State) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for number, one in sorted(state.community.proposals.items()):
        tally = ballot.tally(one.ballots, state.community.organizers.values())
        what = ", ".join(f"{key} {value}" for key, value in fields_of(one.action).items())
        votes = f"{tally.in_favour} for, {tally.against} against, of {tally.weight}"
        kind = actions.kind_of(one.action).value
        rows.append((str(number), kind, what, _name(state, one.proposer), votes, _state_of(state, one)))
    return rows


def _name(state: State, account: str) -> str:
    organizer = state.community.organizers.get(account)
    return account if organizer is None else organizer.name


def _state_of(state: State, one: Proposal) -> str:
    """In words, as of the block of the state."""
    if one.status is not Status.OPEN:
        return str(one.status.value)
    refused = proposal.refusal(
        one.status,
        one.closes,
        state.height,
        one.rules_version == state.community.rules_version,
        voting=False,
    )
    if refused is not None:
        return str(refused.value)
    decision = governance.decision_of(state.community, one, state.height)
    if decision is Decision.WAITING:
        return f"open until block {one.closes}"
    return str(decision.value)


def state_json(state: State) -> dict[str, Any]:
    """The same for programs."""
    community = state.community
    return {
        "name": community.name,
        "prefix": str(community.members.prefix),
        "height": state.height,
        "fee": community.fee,
        "fee_denomination": community.fee_denomination,
        "members": [
            {"nickname": nickname, "account": account, "address": address, "notes": notes}
            for nickname, account, address, notes in _members(community)
        ],
        "organizers": [
            {"name": one.name, "account": one.account, "weight": one.weight}
            for one in community.organizers.values()
        ],
        "proposals": [_proposal_json(state, one) for _, one in sorted(community.proposals.items())],
        "treasury": [{"amount": one.amount, "denomination": one.denomination} for one in state.coins],
    }


def _proposal_json(state: State, one: Proposal) -> dict[str, Any]:
    rule = rules.rule_of(state.community.rules, actions.kind_of(one.action))
    tally = ballot.tally(one.ballots, state.community.organizers.values())
    return {
        "number": one.number,
        "action": actions.kind_of(one.action).value,
        "what": {key: str(value) for key, value in fields_of(one.action).items()},
        "proposer": one.proposer,
        "opened": one.opened,
        "closes": one.closes,
        "period": rule.period,
        "in_favour": tally.in_favour,
        "against": tally.against,
        "weight": tally.weight,
        "state": _state_of(state, one),
    }
