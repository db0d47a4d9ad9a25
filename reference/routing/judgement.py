# SPDX-License-Identifier: MIT
"""What follows from a measurement: accuracy scores, removal and readmission, corrections (whitepaper, section
Routing: accuracy score, route metric adjustment).
"""

from . import accuracy, correction, path_quality, remote_probe, return_half, route_selection
from .accuracy import Accuracy
from .correction import Correction
from .messages import Microseconds, Prefix
from .neighbours import NeighbourKey
from .path_quality import LARGEST_RTT, Quality
from .remote_probe import Counts
from .state import RouterState
from .timer_keys import CorrectionOver, ReadmissionDue
from .verification_state import Measurement, Result, RouteKey, Standing, VerificationState

BROKEN = Quality(LARGEST_RTT, 1)
"""What is measured of a route that nothing comes back from."""


def on_measured(state: RouterState, key: RouteKey, counts: Counts) -> None:
    """A measurement has its answers.  What cannot be compared, because the route claims nothing or nothing is
    known of the way back, is not judged.

    Requirement: VERIFY-HALF-01, VERIFY-HALF-02, ACC-RATIO-01
    """
    observed, claimed = remote_probe.observed(counts), remote_probe.mean(counts.claimed)
    state.verification.results[key] = Result(observed, claimed, state.now)
    left_over = _left_over(state, key[0])
    back = return_half.believed(remote_probe.mean(counts.returned), left_over)
    measured = remote_probe.left_over(observed, back)
    said, found = path_quality.verifiable(claimed), path_quality.verifiable(measured)
    if said is not None and found is not None:
        is_witnessed = len(left_over) >= return_half.WITNESSES
        _correct(state, key, said, found, measured, is_witnessed=is_witnessed)
        _score(state, key, accuracy.of(said, found))


def on_lost(state: RouterState, key: RouteKey, measurement: Measurement) -> None:
    """Nothing came back: the route is broken, if the destination has answered on another one meanwhile.

    Requirement: ACC-LOST-01, ACC-LOST-02
    """
    last_answer = state.verification.far_end(key[0]).last_answer
    if last_answer is None or last_answer < measurement.started - state.config.verification.memory:
        return
    claimed = path_quality.verifiable(remote_probe.mean(measurement.counts.claimed))
    _correct(state, key, claimed or 0, LARGEST_RTT, BROKEN, is_witnessed=False)
    _score(state, key, accuracy.of_lost_probes())


def on_correction_over(state: RouterState, prefix: Prefix) -> None:
    """The neighbour's claim counts again.

    Requirement: CORR-TIME-01
    """
    route_selection.reselect(state, prefix)


def on_readmission_due(state: RouterState, neighbour: NeighbourKey) -> None:
    """A removed neighbour has not been measured for so long that nobody knows: it gets another chance, and
    one bad measurement ends it.

    Requirement: ACC-BACK-03
    """
    standings = state.verification.standings.get(neighbour, {})
    least = accuracy.least_at(state.config.verification.readmission_accuracy)
    for standing in standings.values():
        standing.accuracy = max(standing.accuracy, least)
        standing.is_removed = False
    state.verification.removed.pop(neighbour, None)
    _reselect(state, neighbour)


def forget_old(state: RouterState) -> None:
    """Let go of what is too old to matter.

    Requirement: ACC-AGE-01
    """
    known = state.verification
    oldest = state.now - state.config.verification.grudge
    _forget_standings(known, oldest)
    known.corrections = {key: one for key, one in known.corrections.items() if one.until >= oldest}
    known.results = {key: one for key, one in known.results.items() if one.at >= oldest}
    known.far_ends = {
        prefix: one
        for prefix, one in known.far_ends.items()
        if one.answers or one.last_used is None or one.last_used >= oldest
    }


def _forget_standings(known: VerificationState, oldest: Microseconds) -> None:
    """Who is removed stays known for it, however long ago that was."""
    for neighbour, standings in tuple(known.standings.items()):
        for prefix, standing in tuple(standings.items()):
            if standing.at < oldest and neighbour not in known.removed and not standing.is_removed:
                del standings[prefix]
        if not standings:
            del known.standings[neighbour]


def active_accuracies(state: RouterState, neighbour: NeighbourKey, measured: Prefix) -> tuple[Accuracy, ...]:
    """Of the destinations that count: used recently, or measured just now.

    Requirement: ACC-SCORE-01, ACC-AGE-01
    """
    memory = state.config.verification.memory
    found = []
    for prefix, standing in state.verification.standings.get(neighbour, {}).items():
        far_end = state.verification.far_ends.get(prefix)
        used = None if far_end is None else far_end.last_used
        if prefix == measured or (used is not None and state.now - used <= memory):
            found.append(standing.accuracy)
    return tuple(found)


def _left_over(state: RouterState, prefix: Prefix) -> list[Quality]:
    """What the newest measurement of each neighbour leaves for the way back."""
    oldest = state.now - state.config.verification.memory
    return [
        remote_probe.left_over(result.observed, result.claimed)
        for (destination, _), result in state.verification.results.items()
        if destination == prefix
        and result.at >= oldest
        and path_quality.verifiable(result.claimed) is not None
    ]


def _correct(
    state: RouterState,
    key: RouteKey,
    claimed: Microseconds,
    found: Microseconds,
    measured: Quality,
    *,
    is_witnessed: bool,
) -> None:
    """Put what was measured in the place of what is claimed: for a new while if they differ too much, else
    for the rest of the while that runs.

    Requirement: CORR-NEED-01, CORR-TIME-01, CORR-NEWEST-01
    """
    config = state.config.verification
    last = state.verification.corrections.get(key)
    since, until = state.now, state.now
    if correction.is_needed(claimed, found, config.tolerance):
        since_last = None if last is None else state.now - last.since
        until = state.now + correction.duration(claimed, found, since_last, config.durations)
    elif last is None:
        return
    else:
        since, until = last.since, last.until
    state.verification.corrections[key] = Correction(measured, claimed, since, until, is_witnessed)
    if until > state.now:
        state.timers.set(CorrectionOver(*key), until)


def _score(state: RouterState, key: RouteKey, measured: Accuracy) -> None:
    """Count one measurement of a neighbour, and remove it or take it back.

    Requirement: ACC-AVERAGE-01, ACC-FIRST-01, ACC-REMOVE-01, ACC-REMOVE-02, ACC-BACK-01
    """
    prefix, neighbour = key
    known, thresholds = state.verification, state.config.verification.thresholds
    standing = known.standings.setdefault(neighbour, {}).setdefault(
        prefix, Standing(accuracy.FIRST, state.now)
    )
    standing.accuracy = accuracy.averaged(standing.accuracy, measured)
    standing.at = state.now
    standing.is_removed = accuracy.is_removed(standing.accuracy, standing.is_removed, thresholds)
    score = accuracy.score(active_accuracies(state, neighbour, prefix))
    if accuracy.is_removed(score, neighbour in known.removed, thresholds):
        known.removed[neighbour] = None
    else:
        known.removed.pop(neighbour, None)
    if neighbour in known.removed or standing.is_removed:
        state.timers.set(ReadmissionDue(neighbour), state.now + state.config.verification.banishment)
    _reselect(state, neighbour)


def _reselect(state: RouterState, neighbour: NeighbourKey) -> None:
    for prefix in state.routes.prefixes_of(neighbour):
        route_selection.reselect(state, prefix)
