# SPDX-License-Identifier: GPL-2.0-only
"""The way back: who is blamed under the naive ratio, by the far end's word alone, and by the law."""

from fractions import Fraction

from althea_spec.reference.routing import accuracy, path_quality, remote_probe, return_half
from althea_spec.reference.routing.accuracy import ONE
from althea_spec.reference.routing.path_quality import UNKNOWN, Quality
from althea_spec.reference.routing.verification_config import VerificationConfig

MILLISECOND = 1_000
LOWEST = VerificationConfig().lowest_accuracy
WHOLE = 65535


def lossless(milliseconds: float) -> Quality:
    return Quality(int(milliseconds * MILLISECOND), WHOLE)


def judged(claimed: Quality, observed: Quality, back: Quality) -> int:
    said = path_quality.verifiable(claimed)
    found = path_quality.verifiable(remote_probe.left_over(observed, back))
    assert said is not None
    assert found is not None
    return accuracy.of(said, found)


def naive(claimed: Quality, observed: Quality) -> int:
    """The paper's ratio, with whatever a round trip took."""
    said, found = path_quality.verifiable(claimed), path_quality.verifiable(observed)
    assert said is not None
    assert found is not None
    return accuracy.of(said, found)


def observed(out: float, back: float) -> Quality:
    return lossless((out + back) / 2)


def test_the_naive_ratio_removes_the_honest_and_keeps_the_liar() -> None:
    """Gap 19: an honest spare route of 20 ms whose answers return over 100 ms; a claim of 50 ms for a true
    100 ms whose answers return over 20 ms.
    """
    honest, liar = naive(lossless(20), observed(20, 100)), naive(lossless(50), observed(100, 20))
    assert honest == ONE // 3
    assert liar == 50 * ONE // 60
    assert accuracy.is_below(honest, LOWEST)
    assert not accuracy.is_below(liar, LOWEST)


def test_with_the_known_half_the_honest_stays_and_the_liar_goes() -> None:
    honest = judged(lossless(20), observed(20, 100), lossless(100))
    liar = judged(lossless(50), observed(100, 20), lossless(20))
    assert honest == ONE
    assert liar == ONE // 2
    assert accuracy.is_below(liar, LOWEST)


def one_liar_seen_from_both_ends() -> tuple[Quality, Quality, Quality, Quality]:
    """The used route of both ends leads through one liar: 100 ms that it calls 30 ms to either side.  An
    honest route of 60 ms is measured beside it.  Observed and claimed of the liar's, then of the honest one.
    """
    return observed(100, 100), lossless(30), observed(60, 100), lossless(60)


def test_the_far_ends_word_alone_blames_the_honest_for_the_way_back() -> None:
    _, _, honest_observed, honest_claim = one_liar_seen_from_both_ends()
    blamed = judged(honest_claim, honest_observed, back=lossless(30))
    assert accuracy.is_below(blamed, LOWEST)


def test_two_ends_that_correct_each_other_pass_the_error_to_and_fro() -> None:
    """Each tells the other what it has measured with the other's number: only the sum is ever seen, and the
    second to measure finds the liar's claim confirmed.
    """
    seen, claim, _, _ = one_liar_seen_from_both_ends()
    first = remote_probe.left_over(seen, claim)
    second = remote_probe.left_over(seen, first)
    assert first == lossless(170)
    assert second == claim


def test_what_other_routes_leave_over_gives_the_way_back() -> None:
    """The law: with the honest route among those measured, the way back is the 100 ms that it is."""
    seen, claim, honest_observed, honest_claim = one_liar_seen_from_both_ends()
    left = [remote_probe.left_over(seen, claim), remote_probe.left_over(honest_observed, honest_claim)]
    back = return_half.believed(lossless(30), left)
    assert back == lossless(100)
    assert judged(honest_claim, honest_observed, back) == ONE
    assert judged(claim, seen, back) == 30 * ONE // 100


def test_a_neighbour_alone_proves_nothing_about_the_way_back() -> None:
    """Or it could excuse any lie by a long way back."""
    seen, claim, _, _ = one_liar_seen_from_both_ends()
    left = [remote_probe.left_over(seen, claim)]
    assert return_half.believed(lossless(30), left) == lossless(30)
    assert return_half.believed(UNKNOWN, left) == UNKNOWN


def test_where_all_neighbours_lie_the_least_lie_is_taken_for_the_way_back() -> None:
    """What no measurement can tell: a way back that is worse than said, from routes that are all worse than
    claimed.  The other liars are still found, by as much as they lie more.
    """
    left = [
        remote_probe.left_over(observed(60, 60), lossless(40)),
        remote_probe.left_over(observed(90, 60), lossless(30)),
    ]
    back = return_half.believed(lossless(60), left)
    assert judged(lossless(40), observed(60, 60), back) == ONE
    assert judged(lossless(30), observed(90, 60), back) == 30 * ONE // 70


def test_losses_follow_the_same_rule() -> None:
    """The far end says that nothing is lost on the way back, and two routes show that half is."""
    left = [Quality(50, WHOLE // 2), Quality(60, WHOLE // 4)]
    assert return_half.believed(Quality(50, WHOLE), left) == Quality(50, WHOLE // 2)


def test_an_overstated_route_does_not_make_the_way_back_better_than_said() -> None:
    """A neighbour that claims too much leaves too little; then what the far end says counts."""
    left = [lossless(5), lossless(100)]
    assert return_half.believed(lossless(100), left) == lossless(100)


def test_an_unknown_way_back_is_found_by_two_neighbours() -> None:
    left = [lossless(70), lossless(90)]
    assert return_half.believed(UNKNOWN, left) == lossless(70)
    assert Fraction(return_half.WITNESSES) == 2
