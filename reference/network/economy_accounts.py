# SPDX-License-Identifier: MIT
"""Readings, reports and the account machines of all members: what each is told, and what it then does."""

from collections.abc import Iterator

from ..payments import account_machine, ledger
from ..payments.account_events import (
    Admitted,
    Enforce,
    Event,
    Metered,
    Pay,
    PaymentClaimed,
    Restrain,
    Resumed,
    Tick,
    WalletChanged,
)
from ..payments.account_rejection import AccountRejection
from ..payments.identity import ChainAddress
from . import economy_audit, exit_service, metered_tunnel
from .economy_state import EconomyState
from .identity import LinkName, NodeName, money_identity
from .member import Member
from .metered_tunnel import MeteredTunnel
from .node import Node
from .settlement import Order


def tell(state: EconomyState, member: Member, event: Event) -> bool:
    """Let one thing happen to one member's accounts; gives whether it was accepted.

    Requirement: ECO-BOOK-01
    """
    _, outcome = account_machine.step(member.ledger, event, state.now)
    if isinstance(outcome, AccountRejection):
        return False
    for effect in outcome.effects:
        match effect:
            case Pay():
                _order(state, member, effect)
            case Enforce(identity, standing):
                member.serving[identity.account] = standing
                economy_audit.note_enforcement(state, member, identity.account, standing)
            case Restrain(identity, standing):
                member.using[identity.account] = standing
            case _:
                pass  # what a hint names, the chain tells anyway
    return True


def _order(state: EconomyState, member: Member, pay: Pay) -> None:
    """A payment goes to the chain once, whatever it costs to hand it in again; a cheat does not send it."""
    node = state.network.nodes[member.name]
    if pay.number in member.ordered or not node.conduct.pays:
        return
    member.ordered.add(pay.number)
    since = state.now + node.conduct.payment_delay
    order = Order(member.number, pay.identity.account, pay.amount, since, pay.number)
    state.settlement.order(member.name, order)


def tick(state: EconomyState) -> None:
    """Everybody whose time has come reads and reports; then everybody decides."""
    due = [member for member in state.members.values() if member.next_reading <= state.now]
    for member in due:
        read(state, member)
        member.next_reading += state.spec.reading_interval
        if member.next_report <= state.now:
            member.next_report += state.spec.report_interval
            report(state, member)
        _claim(state, member)
        _top_up(state, member)
    for member in due:
        economy_audit.look_at_accounts(state, member)
    for member in state.members.values():
        tell(state, member, WalletChanged(spendable(state, member)))
        tell(state, member, Tick())


def spendable(state: EconomyState, member: Member) -> int:
    """What a member can pay with: its wallet less what it has ordered, fees among it."""
    settlement = state.settlement
    waiting = settlement.outbox.get(member.name, [])
    ordered = sum(one.amount + settlement.fee for one in waiting if one.number == member.number)
    return max(settlement.wallet(member.account) - ordered - settlement.fee, 0)


def read(state: EconomyState, member: Member) -> None:
    """Read all tunnels, and tell the accounts.

    Requirement: ECO-BOOK-01
    """
    tariff = state.tariffs.of_node(state.network.nodes[member.name])
    for (_, number), tunnel in member.tunnels.items():
        used = metered_tunnel.read(tunnel, tariff, state.now)
        account = admitted(state, member, number)
        member.largest_use[account] = max(member.largest_use.get(account, 0), used.by_them)
        tell(state, member, Metered(money_identity(number), used.by_us, used.by_them))


def admitted(state: EconomyState, member: Member, number: int) -> ChainAddress:
    """The account that a member keeps for a neighbour, opened when it is first needed."""
    identity = money_identity(number)
    if identity.account not in member.ledger.accounts:
        tell(state, member, Admitted(identity))
    return identity.account


def report(state: EconomyState, member: Member) -> None:
    """Ask each neighbour what it has counted.

    Requirement: ECO-BOOK-02
    """
    for tunnel, seller, its_end in far_ends(state, member):
        read(state, seller)
        corrected = metered_tunnel.compare(tunnel, its_end)
        tell(state, member, Metered(seller.identity, corrected, 0))
        tunnel.sent_since_report = tunnel.lost_since_report = 0
        tunnel.reported_at = state.now


def restart(state: EconomyState, member: Member) -> None:
    """The process that keeps a member's accounts ends and comes back with the rows that it has written.

    Requirement: ECO-KEEP-01
    """
    member.ledger = ledger.restored(member.ledger.config, member.ledger.rows())
    tell(state, member, Resumed())


def far_ends(state: EconomyState, member: Member) -> Iterator[tuple[MeteredTunnel, Member, MeteredTunnel]]:
    """Each tunnel of a member whose other end is there, can be reached, and has used the tunnel."""
    node = state.network.nodes[member.name]
    for (link, number), tunnel in list(member.tunnels.items()):
        other = _neighbour(state, node, link, number)
        if other is None:
            continue
        seller = state.members.get(other.name)
        its_end = None if seller is None else seller.tunnels.get((link, member.number))
        if seller is not None and its_end is not None:
            yield tunnel, seller, its_end


def _neighbour(state: EconomyState, node: Node, link: LinkName, number: int) -> Node | None:
    """The neighbour with that number on a link, if anything passes to it."""
    place = node.links.get(link)
    if place is None:
        return None
    names: Iterator[NodeName] = (name for name in place.ends if place.carries(node.name, name))
    nodes = (state.network.nodes.get(name) for name in names)
    return next((one for one in nodes if one is not None and one.number == number), None)


def _claim(state: EconomyState, member: Member) -> None:
    """A liar says to every neighbour that it has paid."""
    node = state.network.nodes[member.name]
    if not node.conduct.claims:
        return
    for _, seller, _ in far_ends(state, member):
        invented = b"claimed" + state.now.to_bytes(25, "big")
        tell(state, seller, PaymentClaimed(member.identity, invented))


def _top_up(state: EconomyState, member: Member) -> None:
    """A user pays its exits ahead."""
    node = state.network.nodes[member.name]
    if not node.conduct.pays_exits:
        return
    unit, spec = state.unit.octets, state.spec
    for use in state.uses.values():
        if use.user_number != member.number:
            continue
        low, high = spec.exit_low * unit, spec.exit_high * unit
        before, amount = use.ordered, exit_service.top_up(use, low, high, unit)
        if amount > spendable(state, member):
            use.ordered = before
            member.has_lacked = True
        elif amount:
            since = state.now + node.conduct.payment_delay
            state.settlement.order(member.name, Order(member.number, use.payee, amount, since, None))
