# SPDX-License-Identifier: MIT
"""Messages about communities go to the chain: what was planned, what comes of earlier messages by itself, and
the deposits by which routers stay paid up."""

from collections.abc import Iterator

from ..chain.block import Status
from ..chain.transactions import Message
from ..dao import challenge as challenges
from ..dao import escrow as escrows
from ..dao.challenge import Challenge, ChallengeNumber, Phase
from ..dao.community_module import CollectFees, PayEscrow
from ..dao.escrow_line import Subscriber
from ..dao.registry_module import Claim, Resolve, Reveal
from ..payments.identity import ChainAddress
from . import community_acts as acts
from . import community_messages, community_routers, economy_accounts, settlement
from .community_acts import Act, Judge, Propose, Support
from .community_messages import PointlessError
from .community_specs import CommunitySpec, account_of_person
from .community_state import CommunitiesState, Happened, Secret, Waiting
from .economy_state import EconomyState
from .identity import money_identity


def tick(economy: EconomyState, state: CommunitiesState) -> None:
    """Everything that somebody wants, in the order in which it was wanted, as far as it reaches the chain.

    Requirement: SUB-CHAIN-01
    """
    _take_up(economy, state)
    for waiting in [*state.waiting]:
        _try(economy, state, waiting)
    _follow_challenges(economy, state)
    _collect(economy, state)
    _top_up(economy, state)


def want(economy: EconomyState, state: CommunitiesState, act: Act) -> None:
    """Somebody wants something from now on; what concerns a router alone is done at once."""
    match act:
        case acts.TopUp(node, on):
            state.habit(node).tops_up = on
        case acts.Flash(node, firmware):
            state.habit(node).firmware = firmware
        case acts.Disguise(node, pose):
            state.habit(node).pose = pose
        case _:
            height = economy.settlement.chain.height
            state.waiting.append(Waiting(act, height))
            if isinstance(act, Propose):
                votes = [Support(one, act.community, act.wish) for one in act.supporters]
                state.waiting += [Waiting(one, height) for one in votes]


def _take_up(economy: EconomyState, state: CommunitiesState) -> None:
    due = [act for time, act in state.planned if time <= economy.now]
    state.planned = [(time, act) for time, act in state.planned if time > economy.now]
    for act in due:
        want(economy, state, act)


def _try(economy: EconomyState, state: CommunitiesState, waiting: Waiting) -> None:
    name: str = getattr(waiting.act, "by", "") or getattr(waiting.act, "node", "")
    account = community_messages.account_named(economy.network, state, name)
    if account is None:
        state.waiting.remove(waiting)
        return
    if not _reaches(economy, state, name):
        return
    try:
        message = community_messages.message_of(economy.network, state, waiting)
    except PointlessError:
        state.waiting.remove(waiting)
        return
    if message is not None:
        state.waiting.remove(waiting)
        happened = send(economy, state, name, account, message)
        if isinstance(waiting.act, Judge) and happened.receipt.status is not Status.SUCCEEDED:
            _forget(state, waiting.act)


def _forget(state: CommunitiesState, act: Judge) -> None:
    """Of an envelope that was not taken."""
    number = state.registry.listings[state.spec.community(act.community).prefix].challenge
    if number is not None and account_of_person(act.by) not in state.registry.challenges[number].ballots:
        del state.secrets[act.by, number]


def _reaches(economy: EconomyState, state: CommunitiesState, name: str) -> bool:
    """A router sends over its links; a person from their router, or from elsewhere on the internet."""
    person = next((one for one in state.spec.people if one.name == name), None)
    place = name if person is None else person.router
    if place is None:
        return True
    node = economy.network.nodes.get(place)
    return node is not None and community_routers.reaches(economy.network, state, node)


def send(
    economy: EconomyState, state: CommunitiesState, by: str, account: ChainAddress, message: Message
) -> Happened:
    """Hand a message to the chain, and put down what came of it."""
    before = len(state.module.told)
    receipt = settlement.hand_in(economy.settlement, account, message)
    effects = tuple(one.effect for one in state.module.told[before:])
    happened = Happened(economy.now, by, message, receipt, effects)
    state.happened.append(happened)
    return happened


def _follow_challenges(economy: EconomyState, state: CommunitiesState) -> None:
    """Voters open their envelopes when it is time, one asks for the outcome, and all claim what is theirs."""
    for (person, number), secret in [*state.secrets.items()]:
        found = state.registry.challenges.get(number)
        account = account_of_person(person)
        if found is None or account not in found.ballots:
            del state.secrets[person, number]
        elif _reaches(economy, state, person):
            for message in _next_of_voter(economy, found, number, secret):
                send(economy, state, person, account, message)


def _next_of_voter(
    economy: EconomyState, found: Challenge, number: ChallengeNumber, secret: Secret
) -> Iterator[Message]:
    rules, height = found.rules, economy.settlement.chain.height + 1
    phase = challenges.phase_at(found.opened_at, rules.commit_blocks, rules.reveal_blocks, height)
    if phase is Phase.REVEAL and secret.reveals and not secret.is_revealed:
        secret.is_revealed = True
        yield Reveal(number, secret.keeps, secret.salt)
    if phase is Phase.OVER:
        if found.outcome is None:
            yield Resolve(number)
        yield Claim(number)


def _collect(economy: EconomyState, state: CommunitiesState) -> None:
    """From time to time the first organizer has the fees sent to the treasury."""
    for one in state.spec.communities:
        height = economy.settlement.chain.height
        since = state.collected_at.get(one.prefix, 0)
        organizers = state.contract(one.name).community.organizers
        first = min(organizers.values(), key=lambda organizer: organizer.seat)
        if height >= since + one.collects_every and _reaches(economy, state, first.name):
            state.collected_at[one.prefix] = height
            send(economy, state, first.name, first.account, CollectFees(one.prefix))


def _top_up(economy: EconomyState, state: CommunitiesState) -> None:
    """Whoever is on the list of a subnet that it may join keeps money in the escrow.

    Requirement: SUB-FEE-02
    """
    for spec in state.spec.communities:
        for name in spec.routers:
            if name in economy.network.nodes and state.habit(name).tops_up:
                _top_up_one(economy, state, spec, name)


def _top_up_one(economy: EconomyState, state: CommunitiesState, spec: CommunitySpec, name: str) -> None:
    contract, node = state.contract(spec.name), economy.network.nodes[name]
    own, now = money_identity(node.number), economy.settlement.chain.height + 1
    member = contract.community.members.by_account.get(own.account)
    economy_member = economy.members.get(name)
    keeper = state.keepers.get(name)
    if member is None or economy_member is None or keeper is None or spec.prefix not in keeper.joins:
        return
    if not own.account == economy_member.account == keeper.places[spec.prefix].own.account:
        return  # somebody else has just come, and has not looked around yet
    subscriber = Subscriber(member.address, own.account)
    schedule = contract.escrow.schedule
    level = max(spec.deposit, schedule.fee, schedule.next_fee, contract.escrow.rules.minimum)
    missing = level - escrows.position(contract.escrow, subscriber, now)
    can_pay = economy_accounts.spendable(economy, economy_member) >= missing
    if 2 * missing > level and can_pay and _reaches(economy, state, name):
        send(economy, state, name, own.account, PayEscrow(spec.prefix, subscriber, missing))
