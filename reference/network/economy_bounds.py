# SPDX-License-Identifier: MIT
"""What the audit allows: the bounds of the law, for what there really was between two members."""

from collections.abc import Iterable

from ..payments import disagreement
from ..payments.counters import SECOND
from ..payments.disagreement import LinkTerms
from ..payments.money import Charge
from . import metered_tunnel
from .economy_state import EconomyState
from .member import Member
from .metered_tunnel import MeteredTunnel
from .quality import MILLION


def peak_rate(state: EconomyState, tunnels: Iterable[MeteredTunnel]) -> int:
    """The most billed octets per second that really went through, rounded up."""
    return -(-sum(one.peak for one in tunnels) * SECOND // state.spec.tick)


def is_within_assumptions(state: EconomyState, creditor: Member, debtor: Member) -> bool:
    """Whether an honest debtor is promised service: it could pay and see the chain, its counters have not
    begun anew too often, and neither has used more of the other than thresholds are made for.

    Requirement: ECO-HONEST-01, ECO-COUNT-01
    """
    both = ((creditor, debtor), (debtor, creditor))
    rates = (peak_rate(state, _tunnels(one, other)) for one, other in both)
    restarts, _ = restarts_between(debtor, creditor)
    return (
        not debtor.has_lacked
        and restarts <= state.spec.assumed_restarts
        and all(rate <= state.spec.assumed_rate for rate in rates)
    )


def restarts_between(buyer: Member, seller: Member) -> tuple[int, int]:
    """How often the counters of either have begun anew since the last report.

    Requirement: ECO-COUNT-01
    """
    pairs = [
        metered_tunnel.restarts_since_report(tunnel, seller.tunnels[link, buyer.number])
        for (link, number), tunnel in buyer.tunnels.items()
        if number == seller.number and (link, buyer.number) in seller.tunnels
    ]
    bought, sold = (max((one[end] for one in pairs), default=0) for end in (0, 1))
    return bought, sold


def _tunnels(one: Member, other: Member) -> list[MeteredTunnel]:
    return [tunnel for (_, number), tunnel in one.tunnels.items() if number == other.number]


def most_ahead(state: EconomyState, buyer: Member, seller: Member) -> Charge:
    """By how much the buyer's book may be ahead of the seller's.

    Requirement: ECO-VIEWS-01
    """
    terms, price, moved = link_terms(state, buyer, seller)
    _, restarts = restarts_between(buyer, seller)
    return disagreement.buyer_ahead(terms, price, moved, 1, restarts)


def link_terms(state: EconomyState, buyer: Member, seller: Member) -> tuple[LinkTerms, int, int]:
    """What there was between two neighbours, until one of them was there no more: terms, highest price, and
    all changes of price together.

    Requirement: ECO-VIEWS-01
    """
    tariff = state.tariffs.former.get(seller.number) or state.tariffs.of[seller.name]
    until = min([state.now, *(one.gone_at for one in (buyer, seller) if one.gone_at is not None)])
    tunnels = _tunnels(buyer, seller)
    sent = sum(one.sent_since_report for one in tunnels)
    lost = sum(one.lost_since_report for one in tunnels)
    spec = state.spec
    terms = LinkTerms(
        rate=max(peak_rate(state, tunnels), 1),
        interval=spec.reading_interval + spec.tick,
        transit=0,
        grace=tariff.grace,
        loss=-(-lost * MILLION // sent) if sent else 0,
        report_interval=max(until - min((one.reported_at for one in tunnels), default=until), 0),
    )
    return terms, tariff.dearest, tariff.moved


def seller_ahead(state: EconomyState, buyer: Member, seller: Member) -> Charge:
    """By how much the seller's book may be ahead of the buyer's.

    Requirement: ECO-VIEWS-01
    """
    terms, price, _ = link_terms(state, buyer, seller)
    restarts, _ = restarts_between(buyer, seller)
    return disagreement.seller_ahead(terms, price, restarts)


def lost_by_restarts(state: EconomyState, buyer: Member, seller: Member) -> Charge:
    """What the seller may not have charged, and the buyer not booked, in a whole run, as counters began anew.

    Requirement: ECO-COUNT-01
    """
    terms, price, _ = link_terms(state, buyer, seller)
    ends = (*_tunnels(buyer, seller), *_tunnels(seller, buyer))
    restarts = sum(one.run - one.first_run for one in ends)
    return price * disagreement.unread(terms) * restarts
