# SPDX-License-Identifier: MIT
"""Traffic in bulk, counted and held back at both ends of each tunnel as the accounts say."""

from attrs import define

from ..payments import exit_billing, money
from ..payments.enforcement import Standing
from ..payments.exit_account import ExitAccount
from ..payments.exit_billing import ExitTariff
from ..payments.money import Charge
from ..payments.price_history import NEVER_OFFERED
from ..routing.messages import Microseconds
from . import bulk, exit_service, metered_tunnel
from .bulk import Batch
from .economy_state import EconomyState, billed_octets
from .exit_service import ExitUse
from .identity import LinkName, money_identity
from .member import Member
from .metered_tunnel import Line, MeteredTunnel
from .node import Node
from .state import Flow

LINK_RATE = 125_000_000
"""Octets per second that any tunnel carries at most: readings beyond it are no readings."""


@define
class Counters:
    """Counts at each hop, and lets through what the accounts allow.

    Requirement: ECO-BOOK-01, ECO-SERVE-01
    """

    state: EconomyState

    def leaving(self, node: Node, receiver: Node, link: LinkName, batch: Batch, packets: int) -> int:
        member = self.state.members[node.name]
        standings = [member.serving]
        if node.conduct.is_honest:
            standings.append(member.using)
        allowed = min(_allowed(self.state, member, receiver, batch, packets, one) for one in standings)
        tunnel = tunnel_to(self.state, member, receiver, link)
        line = tunnel.sent.setdefault(batch.destination, Line())
        line.add(allowed, batch.octets, node.conduct.counts_sent)
        tunnel.note_sent(billed_octets(batch, allowed), self.state.now)
        tunnel.sent_since_report += allowed
        tunnel.lost_since_report += allowed
        return allowed

    def entering(self, node: Node, sender: Node, link: LinkName, batch: Batch, packets: int) -> int:
        member = self.state.members[node.name]
        taken = _allowed(self.state, member, sender, batch, packets, member.serving)
        tunnel = tunnel_to(self.state, member, sender, link)
        line = tunnel.received.setdefault(batch.destination, Line())
        line.add(taken, batch.octets, node.conduct.counts_received)
        tunnel_to(self.state, self.state.members[sender.name], node, link).lost_since_report -= taken
        _note_taken(self.state, node, sender, batch, taken)
        return taken


def tunnel_to(state: EconomyState, member: Member, neighbour: Node, link: LinkName) -> MeteredTunnel:
    """A member's end of its tunnel to a neighbour, opened when it is first used."""
    tunnel = member.tunnels.get((link, neighbour.number))
    if tunnel is None:
        key = metered_tunnel.key_of(state.network.nodes[member.name], neighbour, link)
        run = state.network.nodes[member.name].counter_run
        tunnel = metered_tunnel.opened(key, LINK_RATE, state.now - state.spec.tick, run)
        member.tunnels[link, neighbour.number] = tunnel
    return tunnel


def _allowed(
    state: EconomyState,
    member: Member,
    other: Node,
    batch: Batch,
    packets: int,
    standings: dict[str, Standing],
) -> int:
    """How many of some packets pass between a member and its neighbour in this tick."""
    account = money_identity(other.number).account
    standing = standings.get(account, Standing.OPEN)
    if standing is Standing.OPEN:
        return packets
    if standing is Standing.BLOCKED:
        return 0
    budget = state.spec.limited_rate * state.spec.tick // 1_000_000 - member.budgets.get(account, 0)
    allowed = min(packets, max(budget, 0) // batch.octets)
    member.budgets[account] = member.budgets.get(account, 0) + allowed * batch.octets
    return allowed


def _note_taken(state: EconomyState, node: Node, sender: Node, batch: Batch, packets: int) -> None:
    """Put down who has sold what: a node that has taken packets is owed for them by whoever sent them."""
    octets = billed_octets(batch, packets)
    seller, buyer = state.tally(node.name), state.tally(sender.name)
    seller.kept += money.charge_of(_asks(state, node, batch), octets)
    if sender.name == batch.source:
        buyer.own += money.charge_of(_asks(state, node, batch), octets)
    else:
        buyer.kept -= money.charge_of(_asks(state, sender, batch), octets)
        buyer.forwarded += octets
        buyer.sold += money.charge_of(sender.router.state.price, octets)


def _asks(state: EconomyState, node: Node, batch: Batch) -> int:
    """What a node asks now for data to where a batch goes."""
    prefix = state.network.nodes[batch.recipient].prefix
    return state.tariffs.of_node(node).said.get(prefix, NEVER_OFFERED).current or 0


def run_flows(state: EconomyState) -> None:
    """Send what every flow sends in one tick, both ways."""
    for member in state.members.values():
        member.budgets.clear()
        for tunnel in member.tunnels.values():
            metered_tunnel.follow_counters(tunnel, state.network.nodes[member.name].counter_run)
    for flow in state.network.flows:
        spec = flow.spec
        if state.now < max(spec.start, state.spec.settling) or (
            spec.stop is not None and state.now > spec.stop
        ):
            continue
        user, exit_node = state.network.nodes.get(spec.user), state.network.nodes.get(flow.exit or "")
        if user is not None and exit_node is not None:
            _run(state, flow, user, exit_node)


def use_of(state: EconomyState, exit_node: Node, user: Node) -> ExitUse:
    """The user's account at the exit, opened when it is first asked for."""
    key = (exit_node.number, user.number)
    if key not in state.uses:
        advance = money.worth(state.spec.exit_advance, state.unit.octets)
        price = exit_node.spec.exit_price
        state.uses[key] = ExitUse(
            exit_node.name,
            exit_node.number,
            user.name,
            user.number,
            ExitTariff(price, price),
            ExitAccount(advance=advance),
        )
    return state.uses[key]


def _run(state: EconomyState, flow: Flow, user: Node, exit_node: Node) -> None:
    use, spec, tick = use_of(state, exit_node, user), flow.spec, state.spec.tick
    size, chance = spec.packet_octets, state.network.data_random
    up = bulk.packets_in(spec.upload, tick, size, chance)
    down = bulk.packets_in(spec.download, tick, size, chance)
    there = _upload(state, use, user, exit_node, up, size) if up and not use.account.is_stopped else ()
    back = _download(state, use, user, exit_node, down, size) if down else ()
    state.history.paths.say(f"{user.name} to {exit_node.name}", state.now, " ".join(there or back[::-1]))


def _upload(
    state: EconomyState, use: ExitUse, user: Node, exit_node: Node, packets: int, size: int
) -> tuple[str, ...]:
    outer = exit_billing.carried(size)
    batch = Batch(user.name, exit_node.name, exit_node.address, packets, outer)
    carried = bulk.carry(state.network, batch, Counters(state))
    cost = exit_billing.upstream_cost(use.tariff, size)
    served = exit_service.packets_served(use, carried.delivered, cost, resume_of(state))
    exit_service.charge_upstream(use, served * size, served)
    state.tally(user.name).delivered += served * size
    return carried.path


def _download(
    state: EconomyState, use: ExitUse, user: Node, exit_node: Node, packets: int, size: int
) -> tuple[str, ...]:
    outer = exit_billing.carried(size)
    price = _return_price(state, exit_node, user)
    cost = exit_billing.downstream_cost(use.tariff, price, size)
    served = exit_service.packets_served(use, packets, cost, resume_of(state))
    batch = Batch(exit_node.name, user.name, user.address, served, outer)
    carried = bulk.carry(state.network, batch, Counters(state))
    returned = exit_service.returned_charge(price, served * size, served)
    exit_service.charge_downstream(use, served * size, served, returned)
    state.tally(user.name).delivered += carried.delivered * size
    return carried.path


def resume_of(state: EconomyState) -> Charge:
    """With so much left a stopped account at an exit opens again."""
    return money.worth(state.spec.exit_low, state.unit.octets) // 2


def _return_price(state: EconomyState, exit_node: Node, user: Node) -> int:
    """What the exit books to its next hop for data to the user since its last reading."""
    since: Microseconds = state.now - state.spec.tick
    route = exit_node.router.state.routes.selected(user.prefix)
    heard = state.tariffs.of_node(exit_node).heard.get(user.prefix, {})
    return exit_service.return_price(None if route is None else heard.get(route.neighbour), since)
