# SPDX-License-Identifier: MIT
"""The registry: deposits and fees are shared without a rest, and votes decide what they say."""

from althea_spec.reference.dao import challenge, registry_listing, registry_rules, registry_shares, subnet
from althea_spec.reference.dao.challenge import Outcome, Phase
from althea_spec.reference.dao.registry_rules import PARTS, RegistryRules

from ..engine import logic
from ..engine.given import Given
from ..engine.obligations import theorem, witness

_AMOUNT = 2**64
_HEIGHT = 2**48


# --- shares -------------------------------------------------------------------------------------------------


@theorem("registry/parts", "REG-FEE-01", "REG-SHARE-01")
def parts(given: Given) -> bool:
    """A part of an amount is never more than the amount, never negative, and less than a unit below the exact
    part; so what the others get is the rest, and nothing is lost.
    """
    amount, share = given.integer("amount", 0, _AMOUNT), given.integer("parts", 0, PARTS)
    part = registry_shares.part_of(amount, share)
    exact = amount * share
    return logic.all_of(part >= 0, part <= amount, part * PARTS <= exact, exact < (part + 1) * PARTS)


@theorem("registry/row-begins-and-ends", "REG-SHARE-02")
def row_begins_and_ends(given: Given) -> bool:
    """Before the first vote of the row there is nothing of the pool, and before its end all of it."""
    pool, votes = given.integer("pool", 0, _AMOUNT), given.integer("votes", 1, _AMOUNT)
    return registry_shares.before(pool, 0, votes) == 0 and registry_shares.before(pool, votes, votes) == pool


@theorem("registry/shares-add-up", "REG-SHARE-02", "REG-SHARE-03")
def shares_add_up(given: Given) -> bool:
    """The shares of those who stand next to one another are the share of both as one, and the shares of all
    are the pool: it matters neither how votes are divided among voters nor how many voters there are.
    """
    pool = given.integer("pool", 0, _AMOUNT)
    first, second, third = (given.integer(name, 1, _AMOUNT) for name in ("first", "second", "third"))
    votes = first + second + third
    one = registry_shares.share(pool, 0, first, votes)
    two = registry_shares.share(pool, first, second, votes)
    three = registry_shares.share(pool, first + second, third, votes)
    return logic.all_of(
        one + two + three == pool, one + two == registry_shares.share(pool, 0, first + second, votes)
    )


@theorem("registry/shares-are-fair", "REG-SHARE-03")
def shares_are_fair(given: Given) -> bool:
    """A share is less than one unit away from the exact one, and never negative."""
    pool, votes = given.integer("pool", 0, _AMOUNT), given.integer("all_votes", 1, _AMOUNT)
    first, own = given.integer("before", 0, _AMOUNT), given.integer("votes", 0, _AMOUNT)
    given.assume(first + own <= votes, "the voter stands in the row")
    share = registry_shares.share(pool, first, own, votes)
    exact = pool * own
    return logic.all_of(share >= 0, share * votes < exact + votes, share * votes > exact - votes)


@witness("registry/floors-lose", "REG-SHARE-02")
def floors_lose(given: Given) -> bool:
    """If each share were rounded down by itself, as much as one unit for each voter but one would be
    nobody's; as it is, all of it is somebody's.
    """
    pool, votes = given.integer("pool", 1, 100), 3
    ours = [registry_shares.share(pool, place, 1, votes) for place in range(votes)]
    return logic.all_of(votes * (pool // votes) == pool - 2, sum(ours) == pool)


# --- times --------------------------------------------------------------------------------------------------


@theorem("registry/phases", "REG-TIME-01")
def phases(given: Given) -> bool:
    """Commitments are taken in the first blocks from the challenge on, as many as the rules say, revealed in
    the next ones, and counted in any later one.
    """
    opened, waited = given.integer("opened_at", 0, _HEIGHT), given.integer("waited", 0, _HEIGHT)
    commit, reveal = given.integer("commit_blocks", 1, _HEIGHT), given.integer("reveal_blocks", 1, _HEIGHT)
    phase = challenge.phase_at(opened, commit, reveal, opened + waited)
    left = waited - commit
    if phase is Phase.COMMIT:
        return left < 0
    return logic.all_of(left >= 0, left < reveal) if phase is Phase.REVEAL else left >= reveal


@theorem("registry/no-vote-is-seen-in-time", "REG-TIME-01", "REG-VOTE-02")
def no_vote_is_seen_in_time(given: Given) -> bool:
    """When the first vote may be revealed, nobody may commit to one any more."""
    opened, now, later = (given.integer(name, 0, _HEIGHT) for name in ("opened_at", "revealed_at", "later"))
    times = given.integer("commit_blocks", 1, _HEIGHT), given.integer("reveal_blocks", 1, _HEIGHT)
    given.assume(opened <= now, "it is open")
    if challenge.phase_at(opened, *times, now) is Phase.COMMIT:
        return True
    return challenge.phase_at(opened, *times, now + later) is not Phase.COMMIT


@theorem("registry/rest", "REG-CHALLENGE-03")
def rest(given: Given) -> bool:
    """A listing may be challenged in every block from the end of its rest on, and in none before."""
    until, now = given.integer("rests_until", 0, _HEIGHT), given.integer("now", 0, _HEIGHT)
    return challenge.may_challenge(until, now) == logic.no(now < until)


# --- outcomes -----------------------------------------------------------------------------------------------


def _votes(given: Given) -> tuple[int, int, int]:
    keeping, removing = given.integer("keeping", 0, _AMOUNT), given.integer("removing", 0, _AMOUNT)
    return keeping, removing, given.integer("quorum", 1, _AMOUNT)


@theorem("registry/outcome", "REG-OUTCOME-01", "REG-OUTCOME-02")
def outcome(given: Given) -> bool:
    """The side with more votes wins when there are as many as the quorum; a tie decides nothing, nor does a
    vote in which nobody takes part.
    """
    keeping, removing, quorum = _votes(given)
    found = challenge.outcome_of(keeping, removing, quorum)
    heard = keeping + removing >= quorum
    if found is Outcome.UNDECIDED:
        return logic.any_of(logic.no(heard), keeping == removing)
    ahead = keeping - removing
    return logic.all_of(heard, ahead > 0 if found is Outcome.KEPT else ahead < 0)


@theorem("registry/sides-are-equal", "REG-OUTCOME-01")
def sides_are_equal(given: Given) -> bool:
    """Both sides are treated alike: with the votes exchanged, the outcome is the other one."""
    keeping, removing, quorum = _votes(given)
    exchanged = {Outcome.KEPT: Outcome.REMOVED, Outcome.REMOVED: Outcome.KEPT}
    found = challenge.outcome_of(keeping, removing, quorum)
    return challenge.outcome_of(removing, keeping, quorum) is exchanged.get(found, Outcome.UNDECIDED)


@theorem("registry/votes-do-not-hurt", "REG-OUTCOME-01")
def votes_do_not_hurt(given: Given) -> bool:
    """More votes for a listing never remove one that is not removed without them."""
    keeping, removing, quorum = _votes(given)
    more = keeping + given.integer("more", 0, _AMOUNT)
    if challenge.outcome_of(keeping, removing, quorum) is not Outcome.KEPT:
        return True
    return challenge.outcome_of(more, removing, quorum) is Outcome.KEPT


@theorem("registry/somebody-shares", "REG-SHARE-01", "REG-OUTCOME-02")
def somebody_shares(given: Given) -> bool:
    """Where somebody wins, somebody has voted with the winner; so there is somebody to share the pool."""
    keeping, removing, quorum = _votes(given)
    found = challenge.outcome_of(keeping, removing, quorum)
    if found is Outcome.UNDECIDED:
        return True
    return (keeping if found is Outcome.KEPT else removing) >= 1


@theorem("registry/who-has-won", "REG-VOTE-05", "REG-SHARE-03")
def who_has_won(given: Given) -> bool:
    """A ballot that was not revealed earns nothing, and of two that differ at most one does."""
    found = given.choice("outcome", tuple(Outcome))
    both = challenge.won(True, found) and challenge.won(False, found)
    nobody = not challenge.won(True, found) and not challenge.won(False, found)
    return not challenge.won(None, found) and not both and nobody == (found is Outcome.UNDECIDED)


@witness("registry/one-vote", "REG-RULES-01", "REG-OUTCOME-02")
def one_vote(given: Given) -> bool:
    """With a quorum of one, a single vote removes a listing; so a registry chooses its quorum with care."""
    return challenge.outcome_of(0, given.integer("removing", 1, _AMOUNT), 1) is Outcome.REMOVED


# --- rules, and what a listing is for -----------------------------------------------------------------------


@theorem("registry/rules", "REG-RULES-01")
def rules(given: Given) -> bool:
    """Rules hold exactly when stakes, quorum and times are 1 or more, parts are parts, and nothing is
    negative.
    """
    names = ("minimum_stake", "fee", "company_parts", "voter_parts", "quorum", "commit", "reveal", "rest")
    stake, fee, company, voters, quorum, commit, reveal, rest = (
        given.integer(name, -_AMOUNT, _AMOUNT) for name in names
    )
    reason = registry_rules.refusal_of_rules(
        RegistryRules(stake, fee, company, voters, quorum, commit, reveal, rest)
    )
    ones = logic.all_of(stake > 0, quorum > 0, commit > 0, reveal > 0)
    shares = logic.all_of(company >= 0, company <= PARTS, voters >= 0, voters <= PARTS)
    return logic.all_of(ones, shares, fee >= 0, rest >= 0) == (reason is None)


@theorem("registry/standard-firmware", "REG-JOIN-01", "REG-JOIN-02")
def standard_firmware(given: Given) -> bool:
    """A router with standard firmware joins listed subnets only, and one with other firmware any."""
    listed, standard = given.boolean("is_listed"), given.boolean("is_standard")
    return registry_listing.may_join(listed, standard) == logic.implies(standard, listed)


@theorem("registry/one-listing-for-an-address", "REG-LIST-02")
def one_listing_for_an_address(given: Given) -> bool:
    """No address is in two different prefixes of 64 bits; so it is enough that none is listed twice."""
    first, second = (given.integer(name, 0, 2**64 - 1) for name in ("first", "second"))
    numbers = first << subnet.HOST_BITS, second << subnet.HOST_BITS
    return subnet.overlap(numbers[0], 64, numbers[1], 64) == (first == second)
