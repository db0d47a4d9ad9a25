# SPDX-License-Identifier: MIT
"""Enforcement: what somebody can take and not pay for, and that nobody who pays is cut off.

The second is an invariant of an honest payer's own debt, over any course of its payments.  *Pending* is what
the payee has on its way to the payer, for a debt that has turned round since; it counts as if it had come.
Time enters as what is used in it: ``Conditions`` whose rate is one for each microsecond have any use at all
during an interval, a delay and an outage.
"""

from althea_spec.reference.payments import allowance, balance, enforcement, payment, thresholds
from althea_spec.reference.payments.allowance import Allowance
from althea_spec.reference.payments.enforcement import Purpose, Standing
from althea_spec.reference.payments.thresholds import SECOND, Conditions, Inequality, Thresholds

from ..engine.given import Given
from ..engine.logic import all_of, any_of, implies
from ..engine.obligations import theorem, witness

_MOST = 10**30
_TIMES = 2**63 - 1
_STANDINGS = tuple(Standing)


def _charge(given: Given, name: str, least: int = 0) -> int:
    return given.integer(name, least, _MOST)


def _thresholds(given: Given) -> Thresholds:
    names = ("pay", "resume", "limit", "block", "outage_allowance")
    return Thresholds(*(_charge(given, name) for name in names))


def _conditions(given: Given) -> Conditions:
    """Whatever may be used: see above."""
    return Conditions(
        rate=SECOND,
        interval=_charge(given, "per_interval"),
        delay=_charge(given, "per_delay"),
        tolerance=_charge(given, "tolerance"),
        is_mutual=given.boolean("is_mutual"),
        outage=_charge(given, "per_outage"),
    )


def _octets(given: Given) -> int:
    return given.integer("unit_octets", 1, 2**64 - 1)


def _assume_they_fit(given: Given, limits: Thresholds, conditions: Conditions, octets: int) -> None:
    for inequality, left, right in thresholds.sides(limits, conditions, octets):
        given.assume(left <= right, inequality.value)


def _left(conditions: Conditions, octets: int) -> int:
    return thresholds.most_left(
        octets, conditions.delay, conditions.tolerance, is_mutual=conditions.is_mutual
    )


def _most_owed(pay: int, conditions: Conditions, octets: int) -> int:
    left = _left(conditions, octets)
    return thresholds.most_owed(pay, conditions.interval, conditions.delay, left)


def _could_pay(pay: int, conditions: Conditions, octets: int) -> int:
    """The most that is owed, pending included, at any time at which the payer could pay."""
    return _most_owed(pay, conditions, octets) - conditions.delay


# --- what can be taken ----------------------------------------------------------------------------------


@theorem("enforcement/bounded", "ENF-BOUND-01", "ENF-BOUND-02", "ENF-STATE-02")
def bounded(given: Given) -> bool:
    """Nobody ever owes more than the bound: after any reading within it, whoever is not blocked stays within
    it over the next reading, and whoever is blocked uses nothing.
    """
    limits, owed, at_once = (
        _thresholds(given),
        given.integer("owed", -_MOST, _MOST),
        _charge(given, "at_once"),
    )
    most = enforcement.most_unpaid(limits, at_once)
    before, relaxed = given.choice("before", _STANDINGS), given.boolean("relaxed")
    given.assume(owed <= most, "it owed no more than the bound")
    given.assume(limits.resume <= limits.block, "the thresholds are in their order")
    now = enforcement.standing(before, owed, limits, relaxed=relaxed)
    use = _charge(given, "use")
    given.assume(use <= at_once, "no reading charges more at once")
    if now is Standing.BLOCKED:
        use = 0
    elif before is Standing.BLOCKED:
        return owed <= limits.resume and owed + use <= most
    return owed + use <= most


@theorem("enforcement/blocked-at-once", "ENF-STATE-02", "ENF-STALE-01")
def blocked_at_once(given: Given) -> bool:
    """Who owes more than the threshold of blocking is blocked, however it stood; while the chain cannot be
    seen, more by the outage allowance and no further.
    """
    limits, owed = _thresholds(given), given.integer("owed", -_MOST, _MOST)
    before, relaxed = given.choice("before", _STANDINGS), given.boolean("relaxed")
    now = enforcement.standing(before, owed, limits, relaxed=relaxed)
    threshold = limits.block + limits.outage if relaxed else limits.block
    return implies(owed > threshold, now is Standing.BLOCKED)


@theorem("enforcement/hysteresis", "ENF-STATE-03", "ENF-STATE-04")
def hysteresis(given: Given) -> bool:
    """Who was cut off is served again only after its debt has fallen by a whole payment, if the thresholds
    fit: no smallest unit reopens anything.
    """
    limits, octets = _thresholds(given), _octets(given)
    alone = Conditions(
        SECOND, _charge(given, "per_interval"), _charge(given, "per_delay"), 0, is_mutual=False
    )
    _assume_they_fit(given, limits, alone, octets)
    owed, later = given.integer("owed", -_MOST, _MOST), given.integer("owed_later", -_MOST, _MOST)
    relaxed = given.boolean("relaxed")
    cut_off = enforcement.standing(Standing.OPEN, owed, limits, relaxed=given.boolean("was_relaxed"))
    again = enforcement.standing(cut_off, later, limits, relaxed=relaxed)
    if cut_off is Standing.OPEN or again is not Standing.OPEN:
        return True
    return owed - later > limits.pay


@theorem("enforcement/monotone", "ENF-STATE-01")
def monotone(given: Given) -> bool:
    """Of two that stood alike, the one that owes less never stands worse; so a payment never harms."""
    limits, owed = _thresholds(given), given.integer("owed", -_MOST, _MOST)
    before, relaxed = given.choice("before", _STANDINGS), given.boolean("relaxed")
    given.assume(limits.resume <= limits.limit, "the thresholds are in their order")
    given.assume(limits.limit <= limits.block, "all of them")
    less = owed - _charge(given, "payment")
    one = enforcement.standing(before, owed, limits, relaxed=relaxed)
    other = enforcement.standing(before, less, limits, relaxed=relaxed)
    return _STANDINGS.index(other) <= _STANDINGS.index(one)


@theorem("enforcement/links-and-payments", "ENF-BLOCK-01", "ENF-BLOCK-02")
def links_and_payments(given: Given) -> bool:
    """Whatever its standing, a neighbour keeps its link, and pays within its allowance; data passes exactly
    when it is not blocked.
    """
    standing, within = given.choice("standing", _STANDINGS), given.boolean("within_allowance")
    passes = {
        purpose: enforcement.may_pass(standing, purpose, within_allowance=within) for purpose in Purpose
    }
    return all_of(
        passes[Purpose.LINK],
        implies(within, passes[Purpose.PAYMENT]),
        passes[Purpose.DATA] == (standing is not Standing.BLOCKED),
    )


@theorem("enforcement/relaxed", "ENF-STALE-01", "ENF-STALE-02", "ENF-STALE-03")
def relaxed(given: Given) -> bool:
    """Enforcement is relaxed from the moment at which the chain is too old until it has been seen again for
    the time of recovery, and at no other time.
    """
    now, scanned_at = given.integer("now", 0, _TIMES), given.integer("scanned_at", 0, _TIMES)
    fresh_since = given.integer("fresh_since", 0, _TIMES)
    stale_after, recovery = given.integer("stale_after", 1, 2**40), given.integer("recovery", 1, 2**40)
    given.assume(all_of(fresh_since <= scanned_at, scanned_at <= now), "time does not go backwards")
    stale = enforcement.is_stale(scanned_at, now, stale_after)
    never = enforcement.is_stale(None, now, stale_after)
    expected = any_of(now > scanned_at + stale_after, now < fresh_since + recovery)
    return all_of(enforcement.is_relaxed(fresh_since, now, recovery, stale=stale) == expected, never)


# --- who pays is not cut off ----------------------------------------------------------------------------


@theorem("honest/not-yet", "ENF-HONEST-01")
def not_yet(given: Given) -> bool:
    """Where an honest payer could pay and nothing is due, it owes so little that it still owes no more than
    it ever does when it could pay the next time.
    """
    conditions, octets = _conditions(given), _octets(given)
    pay, debt = _charge(given, "pay", 1), given.integer("debt", -_MOST, _MOST)
    pending, use = _charge(given, "pending"), _charge(given, "use")
    given.assume(octets <= pay, Inequality.COIN.value)
    _assume_pending(given, conditions, debt, pending)
    given.assume(use <= conditions.interval, "the interval is kept")
    if payment.amount_due(debt, pay, octets, None) != 0:
        return True
    return debt + pending + use <= _could_pay(pay, conditions, octets)


@theorem("honest/paying", "ENF-HONEST-01", "PAY-FLIGHT-01")
def paying(given: Given) -> bool:
    """From a payment to the next time at which it could pay, an honest payer never owes more than the bound,
    pending included; and then it owes no more than it ever does when it could pay.
    """
    conditions, octets = _conditions(given), _octets(given)
    pay, debt = _charge(given, "pay", 1), given.integer("debt", -_MOST, _MOST)
    pending, use, later = _charge(given, "pending"), _charge(given, "use"), _charge(given, "use_later")
    given.assume(octets <= pay, Inequality.COIN.value)
    _assume_pending(given, conditions, debt, pending)
    given.assume(debt + pending <= _could_pay(pay, conditions, octets), "it owed no more than it ever does")
    given.assume(use <= conditions.delay, "the payment is counted in time")
    given.assume(later <= conditions.interval, "the interval is kept")
    amount = payment.amount_due(debt, pay, octets, None)
    if amount == 0:
        return True
    until_counted = debt + pending + use
    counted = until_counted - amount * octets + later
    return all_of(
        until_counted <= _most_owed(pay, conditions, octets),
        counted <= _could_pay(pay, conditions, octets),
    )


def _assume_pending(given: Given, conditions: Conditions, debt: int, pending: int) -> None:
    """What ``honest/pending`` proves of a payment that the payee has on its way."""
    if not conditions.is_mutual:
        given.assume(pending == 0, "the payee pays only when it uses the payer")
    else:
        since = _charge(given, "use_since_pending")
        given.assume(since <= conditions.delay, "it is counted in time")
        given.assume(
            any_of(pending == 0, debt + pending <= conditions.tolerance + since),
            "the payee paid what it owed, and the payer has used no more than that since",
        )


@theorem("honest/pending", "ENF-HONEST-01", "PAY-DUE-02")
def pending(given: Given) -> bool:
    """When the payee itself makes a payment, the payer's debt with it counted is within the tolerance."""
    octets, pay = _octets(given), _charge(given, "pay", 1)
    payers_view = given.integer("debt", -_MOST, _MOST)
    payees_view = given.integer("debt_of_the_payee", -_MOST, _MOST)
    tolerance = _charge(given, "tolerance")
    given.assume(payees_view <= tolerance - payers_view, "the two counts differ by no more")
    amount = payment.amount_due(payees_view, pay, octets, None)
    return implies(amount > 0, payers_view + amount * octets <= tolerance)


@theorem("honest/counted", "ENF-HONEST-01", "ACCT-DEBT-01")
def counted(given: Given) -> bool:
    """A payment, once it is counted, takes just its worth off the payer's debt; one of the payee adds no more
    than its worth, and use of the payee by the payer no more than the use.
    """
    ours, theirs = given.integer("unpaid_by_us", 0, _MOST), given.integer("unpaid_by_them", -_MOST, _MOST)
    worth, use = _charge(given, "worth"), _charge(given, "use")
    debt = balance.debt(ours, theirs)
    given.assume(worth <= ours, "no more is paid than was used")
    return all_of(
        balance.debt(ours - worth, theirs) == debt - worth,
        balance.debt(ours, theirs - worth) <= debt + worth,
        balance.debt(ours + use, theirs) == debt + use,
        balance.debt(ours, theirs + use) <= debt,
    )


@theorem("honest/never-cut-off", "ENF-HONEST-01", "ENF-CHECK-01")
def never_cut_off(given: Given) -> bool:
    """Where the thresholds fit, whoever owes no more than an honest payer ever does stays open, for every
    payee that counts no more than the tolerance above it.
    """
    limits, conditions, octets = _thresholds(given), _conditions(given), _octets(given)
    _assume_they_fit(given, limits, conditions, octets)
    debt, ahead = given.integer("debt", -_MOST, _MOST), _charge(given, "payee_counts_more")
    given.assume(debt <= _most_owed(limits.pay, conditions, octets), "it pays as the law says")
    given.assume(ahead <= conditions.tolerance, "the two counts differ by no more")
    before = enforcement.standing(Standing.OPEN, debt + ahead, limits, relaxed=given.boolean("relaxed"))
    return before is Standing.OPEN


@theorem("honest/through-an-outage", "ENF-HONEST-02", "ENF-STALE-01")
def through_an_outage(given: Given) -> bool:
    """Who could not pay during an outage of the chain that is no longer than assumed stays open."""
    limits, conditions, octets = _thresholds(given), _conditions(given), _octets(given)
    _assume_they_fit(given, limits, conditions, octets)
    debt, ahead = given.integer("debt", -_MOST, _MOST), _charge(given, "payee_counts_more")
    unpaid = _most_owed(limits.pay, conditions, octets) + conditions.outage
    given.assume(debt <= unpaid, "it paid as the law says before, and used what it could")
    given.assume(ahead <= conditions.tolerance, "the two counts differ by no more")
    return enforcement.standing(Standing.OPEN, debt + ahead, limits, relaxed=True) is Standing.OPEN


@theorem("honest/comes-back", "ENF-STATE-04", "ENF-CHECK-01")
def comes_back(given: Given) -> bool:
    """Who was cut off and has paid all that is due is served again: nothing is waited for that it would not
    pay by itself.
    """
    limits, conditions, octets = _thresholds(given), _conditions(given), _octets(given)
    _assume_they_fit(given, limits, conditions, octets)
    debt, ahead = given.integer("debt", -_MOST, _MOST), _charge(given, "payee_counts_more")
    given.assume(ahead <= conditions.tolerance, "the two counts differ by no more")
    before, is_relaxed = given.choice("before", _STANDINGS), given.boolean("relaxed")
    if payment.amount_due(debt, limits.pay, octets, None) != 0:
        return True
    return enforcement.standing(before, debt + ahead, limits, relaxed=is_relaxed) is Standing.OPEN


@theorem("thresholds/least", "ENF-CHECK-02")
def least(given: Given) -> bool:
    """The least thresholds fit, and none of them fits when it is one smaller."""
    conditions, octets = _conditions(given), _octets(given)
    chosen = thresholds.least(conditions, _charge(given, "pay"), octets)
    fits = [left <= right for _, left, right in thresholds.sides(chosen, conditions, octets)]
    lowered = (
        Thresholds(chosen.pay, chosen.resume - 1, chosen.limit, chosen.block, chosen.outage),
        Thresholds(chosen.pay, chosen.resume, chosen.limit - 1, chosen.block, chosen.outage),
        Thresholds(chosen.pay, chosen.resume, chosen.limit, chosen.block - 1, chosen.outage),
    )
    broken = [_is_broken(one, conditions, octets) for one in lowered]
    return all_of(*fits, *broken)


def _is_broken(limits: Thresholds, conditions: Conditions, octets: int) -> bool:
    return any_of(*(left > right for _, left, right in thresholds.sides(limits, conditions, octets)))


@theorem("thresholds/use", "ENF-HONEST-01")
def use(given: Given) -> bool:
    """What is used in a time is not underestimated, and by less than one overestimated."""
    rate, duration = _charge(given, "rate"), given.choice("duration", (1, 5_000_000, 12_345_678))
    most = thresholds.most_used(rate, duration)
    return all_of(most * SECOND >= rate * duration, (most - 1) * SECOND < rate * duration)


@witness("honest/just-outside", "ENF-HONEST-01")
def just_outside(given: Given) -> bool:
    """With a threshold of limiting that is smaller by one, a payer that does all that it should is cut off:
    it owes one less than is due, uses what it may before it can pay, and the payment takes its time.
    """
    conditions, octets = _conditions(given), _octets(given)
    limits = thresholds.least(conditions, _charge(given, "pay", 1), octets)
    tighter = Thresholds(limits.pay, limits.resume, limits.limit - 1, limits.block, limits.outage)
    given.assume(conditions.tolerance >= 1, "the ends may count differently")
    owed = limits.pay - 1
    nothing_due = payment.amount_due(owed, limits.pay, octets, None) == 0
    owed += conditions.interval
    paid = payment.amount_due(owed, limits.pay, octets, None) >= 1
    owed += conditions.delay + conditions.tolerance
    fits = enforcement.standing(Standing.OPEN, owed, limits, relaxed=False) is Standing.OPEN
    cut_off = enforcement.standing(Standing.OPEN, owed, tighter, relaxed=False) is Standing.LIMITED
    return nothing_due and paid and fits and cut_off


@witness("honest/payee-that-pays", "ENF-HONEST-01")
def payee_that_pays(given: Given) -> bool:
    """Where the payee also pays, a payment of the payer can leave more than where it does not: the payee has
    paid for a use that the payer had set off when it made its own.
    """
    per_delay, pending = given.integer("per_delay", 1, 1000), given.integer("pending", 1, 1000)
    used_since = given.integer("used_since_pending", 0, 1000)
    given.assume(used_since <= per_delay, "the payment of the payee is counted in time")
    paid = payment.amount_due(balance.debt(used_since, pending), 1, 1, None)
    left = balance.debt(used_since - paid, pending - pending)
    alone = thresholds.most_left(1, per_delay, 0, is_mutual=False)
    return paid >= 1 and alone < left <= thresholds.most_left(1, per_delay, 0, is_mutual=True)


# --- the way to pay -------------------------------------------------------------------------------------


@theorem("allowance/bounded", "ENF-ALLOW-02")
def allowance_bounded(given: Given) -> bool:
    """What has passed and what is left are together no more than the bucket held and what has run into it:
    so over any row of packets, no more is free than the bound says.
    """
    terms = Allowance(given.integer("capacity", 0, 2**32), given.integer("rate", 0, 2**32))
    start, wait, more = (given.integer(name, 0, 2**60) for name in ("start", "wait", "wait_more"))
    first, second = given.integer("first", 0, 2**40), given.integer("second", 0, 2**40)
    bucket = allowance.taken(allowance.full(terms, start), terms, start + wait, first)
    if bucket is None:
        return True
    then = allowance.taken(bucket, terms, start + wait + more, second)
    if then is None:
        return True
    return first + second <= allowance.most_free(terms, wait + more)


@theorem("allowance/comes-back", "ENF-ALLOW-01")
def allowance_comes_back(given: Given) -> bool:
    """However empty it is, after a time that only its size and its rate decide the bucket lets pass all that
    it can hold: a blocked neighbour can always still pay.
    """
    terms = Allowance(given.integer("capacity", 0, 2**32), given.choice("rate", (1, 1000, 125_000)))
    bucket = allowance.Bucket(given.integer("level", 0, 2**60), given.integer("at", 0, 2**60))
    wait = given.integer("wait", 0, 2**60)
    given.assume(wait * terms.rate >= terms.capacity * SECOND, "it has had time to fill up")
    wanted = given.integer("wanted", 0, 2**32)
    passes = allowance.taken(bucket, terms, bucket.at + wait, wanted) is not None
    return passes == (wanted <= terms.capacity)
