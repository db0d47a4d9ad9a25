# SPDX-License-Identifier: MIT
"""What the audit allows: the bounds of the law, for what there really was between two members."""

from collections.abc import Iterable

from ..payments import disagreement
from ..payments.counters import SECOND
from ..payments.disagreement import LinkTerms
from ..payments.money import Charge
from .economy_state import EconomyState
from .member import Member
from .metered_tunnel import MeteredTunnel
from .quality import MILLION


def peak_rate(state: EconomyState, tunnels: Iterable[MeteredTunnel]) -> int:
    """The most billed octets per second that really went through, rounded up."""
    return -(-sum(one.peak for one in tunnels) * SECOND // state.spec.tick)


def is_within_assumptions(state: EconomyState, creditor: Member, debtor: Member) -> bool:
    """Whether an honest debtor is promised service: it could pay and see the chain, and neither has used more
    of the other than thresholds are made for.

    Requirement: ECO-HONEST-01
    """
    both = ((creditor, debtor), (debtor, creditor))
    rates = (peak_rate(state, _tunnels(one, other)) for one, other in both)
    return not debtor.has_lacked and all(rate <= state.spec.assumed_rate for rate in rates)


def _tunnels(one: Member, other: Member) -> list[MeteredTunnel]:
    return [tunnel for (_, number), tunnel in one.tunnels.items() if number == other.number]


def most_ahead(state: EconomyState, buyer: Member, seller: Member) -> Charge:
    """By how much the buyer's book may be ahead of the seller's.

    Requirement: ECO-VIEWS-01
    """
    terms, price, moved = link_terms(state, buyer, seller)
    return disagreement.buyer_ahead(terms, price, moved, 1, 0)


def link_terms(state: EconomyState, buyer: Member, seller: Member) -> tuple[LinkTerms, int, int]:
    """What there was between two neighbours: terms, highest price, and all changes of price together.

    Requirement: ECO-VIEWS-01
    """
    tariff = state.tariffs.of[seller.name]
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
        report_interval=state.now - min((one.reported_at for one in tunnels), default=state.now),
    )
    return terms, tariff.dearest, tariff.moved


def seller_ahead(state: EconomyState, buyer: Member, seller: Member) -> Charge:
    """By how much the seller's book may be ahead of the buyer's.

    Requirement: ECO-VIEWS-01
    """
    terms, price, _ = link_terms(state, buyer, seller)
    return disagreement.seller_ahead(terms, price, 0)
