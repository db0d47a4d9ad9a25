# SPDX-License-Identifier: GPL-2.0-only
"""How often the honest are removed and how soon liars are, on the kernels of the reference themselves.

The path has three links between a user and an exit.  Hellos and IHUs cross them every 4 s, a cycle is 60 s,
and every cycle measures the route, which is the worst case for an honest neighbour.  Losses are independent
from packet to packet, in each direction of each link.  The delay of each packet on each link is uniform
within 30 % of 10 ms in each direction.  The answers come back over the same path, so that what is claimed of
the way out and of the way back is wrong in the same way, which is the worst case again.
"""

from collections.abc import Sequence
from functools import reduce

import numpy as np
from attrs import frozen
from scipy.stats import beta

from althea_spec.reference.routing import (
    accuracy,
    path_quality,
    remote_probe,
    return_half,
    rtt,
    share,
)
from althea_spec.reference.routing.path_quality import UNKNOWN, Quality
from althea_spec.reference.routing.remote_probe import Counts, Sum
from althea_spec.reference.routing.share import NO_TRIALS, Share
from althea_spec.reference.routing.verification_config import VerificationConfig

CONFIG = VerificationConfig()
HELLOS_PER_CYCLE = 15
ONE_WAY_MICROSECONDS = 10_000
JITTER = 0.3
VARIANCE_OF_ROUND_TRIP = 2 * (ONE_WAY_MICROSECONDS * JITTER) ** 2 / 3
"""Of one link: two uniform delays."""


@frozen
class Case:
    """What happens on the path."""

    links: int = 3
    loss: float = 0.2
    """Of a packet, in each direction of each link."""
    understatement: float = 1.0
    """What the neighbour claims is so many times smaller than what the links add up to."""
    dropped: float = 0.0
    """Of the data on the way out, while Hellos and IHUs pass."""
    probes: int = CONFIG.probes
    most_cycles: int = 100
    """Measurements, from the first that can be judged."""


class Link:
    """One link: what its two ends estimate.  Index 0 is the end that is nearer to the user."""

    def __init__(self) -> None:
        self.away: list[Share] = [NO_TRIALS, NO_TRIALS]
        self.towards: list[Share] = [NO_TRIALS, NO_TRIALS]
        self.rtt: list[int | None] = [None, None]

    def exchange(self, arrived: Sequence[bool], delays: Sequence[float]) -> None:
        """Each end says Hello, with an IHU: ``arrived[0]`` is the one that end 0 has sent."""
        for end in (0, 1):
            other = 1 - end
            self.towards[end] = share.counted(self.towards[end], success=arrived[other])
            if arrived[other]:
                self.away[end] = share.counted(self.away[end], success=arrived[end])
                self.rtt[end] = rtt.smoothed(self.rtt[end], int(delays[0] + delays[1]))

    def quality(self, end: int) -> Quality:
        if not self.away[end].is_precise or not self.towards[end].is_precise:
            return UNKNOWN
        product = self.away[end].value * self.towards[end].value * path_quality.WHOLE_DELIVERY
        return Quality(self.rtt[end], max(product // share.ONE**2, 1))


def cycles_until_removed(case: Case, seed: int) -> int | None:
    """How many measurements it took, ``None`` when it was never removed."""
    random = np.random.default_rng(seed)
    links = [Link() for _ in range(case.links)]
    running = accuracy.FIRST
    done = 0
    while done < case.most_cycles:
        _hellos(case, links, random)
        claimed = reduce(path_quality.onward, (one.quality(0) for one in links), path_quality.ORIGIN)
        back = reduce(path_quality.onward, (one.quality(1) for one in links), path_quality.ORIGIN)
        if path_quality.verifiable(claimed) is None or path_quality.verifiable(back) is None:
            continue
        done += 1
        found = _accuracy(case, _lied(claimed, case.understatement), back, random)
        running = accuracy.averaged(running, found)
        if accuracy.is_removed(running, False, CONFIG.thresholds):
            return done
    return None


def _lied(claimed: Quality, factor: float) -> Quality:
    """The liar understates the time."""
    assert claimed.rtt is not None
    return Quality(int(claimed.rtt / factor), claimed.delivery)


def _hellos(case: Case, links: Sequence[Link], random: np.random.Generator) -> None:
    shape = (HELLOS_PER_CYCLE, case.links, 2)
    arrived = (random.random(shape) >= case.loss).tolist()
    delays = (ONE_WAY_MICROSECONDS * random.uniform(1 - JITTER, 1 + JITTER, shape)).tolist()
    for exchanged, took in zip(arrived, delays, strict=True):
        for number, link in enumerate(links):
            link.exchange(exchanged[number], took[number])


def _accuracy(case: Case, claimed: Quality, back: Quality, random: np.random.Generator) -> int:
    """One measurement; the mean of many delays is drawn from its normal limit."""
    passed = (1 - case.loss) ** (2 * case.links) * (1 - case.dropped)
    answered = int(random.binomial(case.probes, passed))
    spread = (case.links * VARIANCE_OF_ROUND_TRIP / max(answered, 1)) ** 0.5
    mean = random.normal(2 * ONE_WAY_MICROSECONDS * case.links, spread)
    assert claimed.rtt is not None
    assert claimed.delivery is not None
    assert back.rtt is not None
    assert back.delivery is not None
    counts = Counts(
        sent=case.probes,
        answered=answered,
        rtt=int(mean * answered),
        samples=answered,
        claimed=Sum(claimed.rtt, claimed.delivery, 1),
        returned=Sum(back.rtt, back.delivery, 1),
    )
    if answered == 0:
        return accuracy.of_lost_probes()
    half = return_half.believed(remote_probe.mean(counts.returned), ())
    measured = remote_probe.left_over(remote_probe.observed(counts), half)
    said, found = (
        path_quality.verifiable(remote_probe.mean(counts.claimed)),
        path_quality.verifiable(measured),
    )
    assert said is not None
    assert found is not None
    return accuracy.of(said, found)


def upper_bound(hits: int, trials: int, confidence: float = 0.95) -> float:
    """Clopper and Pearson: with this confidence the probability is at most so large."""
    return 1.0 if hits == trials else float(beta.ppf(confidence, hits + 1, trials - hits))


def lower_bound(hits: int, trials: int, confidence: float = 0.95) -> float:
    """With this confidence the probability is at least so large."""
    return 0.0 if hits == 0 else float(beta.ppf(1 - confidence, hits, trials - hits + 1))
