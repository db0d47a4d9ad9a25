# SPDX-License-Identifier: MIT
"""Vectors for the verification of paths: what is measured, whom to believe, and what follows."""

from fractions import Fraction
from math import isqrt
from typing import Final

from attrs import evolve

from althea_spec.reference.routing import (
    accuracy,
    correction,
    path_quality,
    remote_probe,
    return_half,
    share,
)
from althea_spec.reference.routing.accuracy import ONE, Thresholds
from althea_spec.reference.routing.correction import Correction, DurationRule
from althea_spec.reference.routing.messages import RemoteIHU
from althea_spec.reference.routing.path_quality import LARGEST_RTT, ORIGIN, UNKNOWN, WHOLE_DELIVERY, Quality
from althea_spec.reference.routing.remote_probe import Counts, Sum
from althea_spec.reference.routing.share import WINDOW, Share

from ..draw import Draw
from ..family import Arguments, Family
from .selecting import _KEYS

_QUALITIES: Final = (
    UNKNOWN,
    ORIGIN,
    Quality(20_000, None),
    Quality(None, 60_000),
    Quality(20_000, 60_000),
    Quality(5_000, 1),
    Quality(7, 0),
    Quality(LARGEST_RTT, WHOLE_DELIVERY),
    Quality(LARGEST_RTT - 5, 65534),
)
_THRESHOLDS: Final = Thresholds(Fraction(3, 4), Fraction(9, 10))
_RULES: Final = (
    DurationRule(1_000_000, 600_000_000, 1, 0, 1_000_000, 3_600_000_000),
    DurationRule(1_000_000, 600_000_000, 2, 1, 1, 2**53),
    DurationRule(7, 10, 0, 3, 0, 10**30),
    DurationRule(7, 10, 1, 1, 0, 10**30),
)


def _quality(draw: Draw) -> Quality:
    rtt = draw.choice((None, *(draw.integer(0, 400_000) for _ in range(7))))
    delivery = draw.choice((None, *(draw.integer(30_000, WHOLE_DELIVERY) for _ in range(7))))
    return Quality(rtt, delivery)


def _moved(draw: Draw) -> Arguments:
    old = _quality(draw)
    rtt = None if old.rtt is None else draw.near(old.rtt * draw.choice((7, 8, 9, 12, 4)) // 8, 2)
    delivery = None if old.delivery is None else draw.near(old.delivery * draw.choice((7, 8, 4)) // 8, 2)
    return {
        "old": old,
        "new": draw.choice((Quality(rtt, delivery), Quality(rtt, old.delivery), _quality(draw))),
    }


def _sum(draw: Draw) -> Sum:
    count = draw.integer(0, 200)
    if count == 0:
        return Sum()
    return Sum(draw.integer(0, count * 300_000), draw.integer(0, count * WHOLE_DELIVERY), count)


def _counts(draw: Draw) -> Counts:
    sent = draw.integer(0, 300)
    answered = draw.integer(0, sent)
    samples = draw.integer(0, answered)
    rtt = draw.integer(0, samples * 300_000) if samples else 0
    return Counts(sent, answered, rtt, samples, _sum(draw), _sum(draw))


def _answer(draw: Draw) -> Arguments:
    origin, there = draw.integer(0, 2**32 - 1), draw.integer(0, 2**32 - 1)
    waited = draw.integer(0, 2_000_000)
    away = waited + draw.integer(0, 300_000)
    backwards = draw.chance(1, 6)
    quality = _quality(draw)
    answer = RemoteIHU(
        _KEYS[0].address,  # type: ignore[arg-type]
        1,
        2,
        3,
        4,
        origin,
        there,
        (there - 1 if backwards else there + waited) % 2**32,
        quality.rtt,
        quality.delivery,
    )
    now = draw.integer(0, 9) * 2**32 + (origin + away) % 2**32
    return {"counts": _counts(draw), "answer": answer, "now": now}


def _share(draw: Draw) -> Share:
    trials = draw.integer(0, WINDOW)
    value = draw.integer(0, share.ONE)
    recent = draw.choice((value, draw.integer(0, share.ONE)))
    return Share(value, trials, recent, draw.truth())


def _at_the_border(draw: Draw) -> Arguments:
    """Two memories that are just so far apart that it may be chance, or just farther."""
    value = draw.choice((draw.integer(0, share.ONE), share.ONE, share.ONE // 2))
    variance = max(value * (share.ONE - value), share.LEAST_VARIANCE)
    border = isqrt(share.CHANGE_DEVIATIONS**2 * variance // (2 * share.SHORT_WINDOW - 1))
    apart = border + draw.below(2)
    return {"value": value, "recent": value - apart if value >= apart else value + apart}


def _claims(draw: Draw) -> Arguments:
    return {
        "said": _quality(draw),
        "left_over": tuple(_quality(draw) for _ in range(draw.below(5))),
    }


_CORRECTION: Final = Correction(Quality(40_000, WHOLE_DELIVERY), 30_000, 1_000, 2_000, True)
_KINDER: Final = evolve(_CORRECTION, measured=Quality(20_000, WHOLE_DELIVERY))
_WITHOUT: Final = evolve(_CORRECTION, measured=Quality(40_000, None))
_LOSSY: Final = evolve(_CORRECTION, measured=Quality(20_000, 32_768))


def _duration(draw: Draw) -> Arguments:
    claimed = draw.integer(0, 500_000)
    return {
        "claimed": claimed,
        "measured": draw.choice((draw.near(claimed, 1000), draw.integer(0, 500_000))),
        "since_last": draw.choice((None, draw.integer(0, 1_200_000_000))),
        "rule": draw.choice(_RULES),
    }


FAMILIES: Final = (
    Family(
        id="path-quality/onward",
        function=path_quality.onward,
        grid={"path": _QUALITIES, "link": _QUALITIES},
        draw=lambda draw: {"path": _quality(draw), "link": _quality(draw)},
    ),
    Family(
        id="path-quality/verifiable",
        function=path_quality.verifiable,
        grid={"path": _QUALITIES},
        draw=lambda draw: {"path": _quality(draw)},
    ),
    Family(
        id="path-quality/is-noticeable",
        function=path_quality.is_noticeable,
        cases={
            f"rtt-{old}-{new}": {"old": Quality(old, 65535), "new": Quality(new, 65535)}
            for old, new in ((0, 999), (0, 1000), (80_000, 89_999), (80_000, 90_000), (80_000, 70_000))
        }
        | {
            f"delivery-{old}-{new}": {"old": Quality(None, old), "new": Quality(None, new)}
            for old, new in ((3, 3), (3, 4), (3, 5), (80, 71), (80, 70))
        },
        grid={"old": _QUALITIES, "new": _QUALITIES[:5]},
        draw=_moved,
    ),
    Family(
        id="path-quality/is-significant",
        function=path_quality.is_significant,
        cases={
            f"rtt-{old}-{new}": {"old": Quality(old, 65535), "new": Quality(new, 65535)}
            for old, new in (
                (0, 9_999),
                (0, 10_000),
                (20_000, 30_000),
                (20_001, 30_001),
                (80_000, 119_999),
                (80_000, 120_000),
                (80_000, 40_000),
            )
        }
        | {
            f"rtt-alone-{new}": {"old": Quality(80_000, None), "new": Quality(new, None)}
            for new in (119_999, 120_000)
        },
        grid={"old": _QUALITIES, "new": _QUALITIES[:5]},
        draw=_moved,
    ),
    Family(
        id="share/counted",
        function=share.counted,
        cases={
            f"{'hit' if success else 'miss'}-{trials}": {
                "share": Share(value, trials, value, False),
                "success": success,
            }
            for trials, value in (
                (0, 0),
                (1, share.ONE),
                (15, share.ONE),
                (16, share.ONE),
                (383, share.ONE // 2),
            )
            for success in (True, False)
        }
        | {
            f"two-memories-{trials}": {"share": Share(share.ONE, trials, 0, False), "success": True}
            for trials in (14, 15, 16, 17)
        },
        draw=lambda draw: {"share": _share(draw), "success": draw.truth()},
        drawn=50,
    ),
    Family(
        id="share/has-changed",
        function=share.has_changed,
        # Where 31 d² is 16 v exactly, which is still chance: v = 31 m² and d = 4 m.
        cases={"just-at-the-border": {"value": 2_466_512_896, "recent": 2_466_512_896 - 1_525_678_080}},
        grid={
            "value": (0, share.ONE // 2, share.ONE),
            "recent": tuple(share.ONE * step // 64 for step in range(0, 65, 4)),
        },
        draw=_at_the_border,
        drawn=40,
    ),
    Family(
        id="share/is-precise",
        function=share.is_precise,
        grid={
            "value": (0, share.ONE * 3 // 4, share.ONE * 77 // 100, share.ONE * 9 // 10, share.ONE),
            "trials": (1, 35, 36, 37, 143, 144, 145, 383, 384),
        },
        draw=lambda draw: {"value": draw.integer(share.ONE // 2, share.ONE), "trials": draw.integer(1, 384)},
        drawn=40,
    ),
    Family(
        id="probe/on-sent",
        function=remote_probe.on_sent,
        draw=lambda draw: {"counts": _counts(draw), "claimed": _quality(draw)},
        drawn=16,
    ),
    Family(id="probe/on-answer", function=remote_probe.on_answer, draw=_answer, drawn=30),
    Family(
        id="probe/observed",
        function=remote_probe.observed,
        cases={
            "nothing-sent": {"counts": Counts()},
            "nothing-answered": {"counts": Counts(10)},
            "answered-without-samples": {"counts": Counts(10, 4)},
            "one-of-many": {"counts": Counts(100_000, 1, 7, 1)},
            "more-answers-than-questions": {"counts": Counts(10, 11, 100, 11)},
            "half": {"counts": Counts(10, 5, 100_001, 4)},
        },
        draw=lambda draw: {"counts": _counts(draw)},
    ),
    Family(
        id="probe/mean",
        function=remote_probe.mean,
        requirements=("VERIFY-CLAIM-01",),
        draw=lambda draw: {"total": _sum(draw)},
        cases={"of-nothing": {"total": Sum()}},
        drawn=12,
    ),
    Family(
        id="probe/left-over",
        function=remote_probe.left_over,
        grid={"observed": _QUALITIES, "half": _QUALITIES},
        draw=lambda draw: {"observed": _quality(draw), "half": _quality(draw)},
    ),
    Family(id="probe/return-half", function=return_half.believed, draw=_claims, drawn=40),
    Family(
        id="accuracy/of",
        function=accuracy.of,
        grid={"claimed": (0, 1, 2, 30_000), "measured": (0, 1, 3, 29_999, 30_000, 30_001, 60_000, 2**32 - 1)},
    ),
    Family(id="accuracy/of-lost-probes", function=accuracy.of_lost_probes, cases={"only": {}}),
    Family(
        id="accuracy/averaged",
        function=accuracy.averaged,
        grid={"old": (0, 1, ONE - 1, ONE), "new": (0, 1, ONE)},
    ),
    Family(
        id="accuracy/score",
        function=accuracy.score,
        grid={"accuracies": ((), (0,), (ONE,), (0, ONE), (1, 1, 0), (ONE, ONE, ONE - 1))},
    ),
    Family(
        id="accuracy/is-removed",
        function=accuracy.is_removed,
        grid={
            "accuracy": (0, 49_151, 49_152, 49_153, 58_982, 58_983, 58_984, ONE),
            "was_removed": (False, True),
            "thresholds": (_THRESHOLDS,),
        },
    ),
    Family(
        id="correction/is-needed",
        function=correction.is_needed,
        grid={
            "claimed": (0, 1000),
            "measured": (0, 1, 899, 900, 901, 1000, 1099, 1100, 1101),
            "tolerance": (Fraction(0), Fraction(1, 10)),
        },
    ),
    Family(
        id="correction/duration",
        function=correction.duration,
        cases={
            "first": {"claimed": 1, "measured": 2, "since_last": None, "rule": _RULES[1]},
            "at-once": {"claimed": 1, "measured": 2, "since_last": 0, "rule": _RULES[3]},
            "both-nothing": {"claimed": 0, "measured": 0, "since_last": None, "rule": _RULES[2]},
            "claimed-nothing": {"claimed": 0, "measured": 5, "since_last": None, "rule": _RULES[2]},
            "measured-nothing": {"claimed": 5, "measured": 0, "since_last": 10, "rule": _RULES[2]},
        },
        draw=_duration,
        drawn=40,
    ),
    Family(
        id="correction/selected-by",
        function=correction.selected_by,
        grid={
            "claimed": (0, 29_999, 30_000, 30_001, 39_999, 40_000, 40_001),
            "correction": (None, _CORRECTION, _KINDER, _WITHOUT, _LOSSY),
            "now": (1_999, 2_000, 2_001),
        },
    ),
    Family(
        id="correction/announced",
        function=correction.announced,
        grid={
            "own": (
                UNKNOWN,
                Quality(30_000, 65535),
                Quality(50_000, 30_000),
                Quality(None, 65535),
                Quality(1, None),
            ),
            "correction": (None, _CORRECTION, _WITHOUT, _LOSSY),
            "now": (1_999, 2_000),
        },
    ),
)
