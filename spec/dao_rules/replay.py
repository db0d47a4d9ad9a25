# SPDX-License-Identifier: MIT
"""An example that the prover has found, played on the community itself: what it says must really happen."""

from collections.abc import Sequence
from ipaddress import IPv6Address

from althea_spec.reference.chain import bank
from althea_spec.reference.chain.bank import Bank, SupplyReason
from althea_spec.reference.chain.coin import Coin
from althea_spec.reference.dao import action as actions
from althea_spec.reference.dao import charter as charters
from althea_spec.reference.dao import execution, governance, rules, treasury
from althea_spec.reference.dao.action import Action
from althea_spec.reference.dao.charter import Charter
from althea_spec.reference.dao.community import Community, ProposalCarriedOut
from althea_spec.reference.dao.governance import Conclude, Propose, Vote
from althea_spec.reference.dao.membership import MOST_WEIGHT, Member, Organizer
from althea_spec.reference.dao.threshold import Quorum
from althea_spec.reference.dao.treasury import Reason

from ..proofs.engine.errors import ProofError
from .takeover import Takeover

GIVER = "althea1giver"
_MONEY = 1000


def rehearse(charter: Charter, found: Takeover, *, opposed: bool) -> None:
    """Let the group do what the example says.

    Raises:
        ProofError: a step does not come out as the prover says.
    """
    stage = _Stage(charter, [one.account for one in found.group], opposed)
    for move in found.moves:
        for action in stage.actions_of(move.action, move.added, move.removed):
            stage.decide(action)
    stage.decide(stage.example(found.goal))


class _Stage:
    """A community with some members and some money, and a group in it."""

    def __init__(self, charter: Charter, group: Sequence[str], opposed: bool) -> None:
        self.community: Community = charters.found(charter)
        self.bank, self.group, self.opposed, self.height = Bank(), list(group), opposed, 1
        coin = Coin(charter.fee_denomination, _MONEY)
        bank.mint(self.bank, GIVER, coin, SupplyReason.GENESIS)
        treasury.receive(self.bank, self.community.treasury, GIVER, coin, Reason.GIFT, self.height)
        entry = execution.entry_of(self.community, actions.AddMember("first", "althea1first"))
        assert isinstance(entry, Member)
        self.community.members.by_address[entry.address] = entry
        self.community.members.by_account[entry.account] = entry
        self.member = entry

    def decide(self, action: Action) -> None:
        """The group alone proposes something, votes, and sees it carried out."""
        first, *rest = self.group
        made = governance.step(self.community, self.bank, first, Propose(action), self.height)
        number = len(self.community.proposals)
        effects = list(made.effects)
        others = [one for one in self.community.organizers if one not in self.group] if self.opposed else []
        for account, in_favour in [*((one, False) for one in others), *((one, True) for one in rest)]:
            voted = governance.step(self.community, self.bank, account, Vote(number, in_favour), self.height)
            effects += voted.effects
        rule = rules.rule_of(self.community.rules, actions.kind_of(action))
        if isinstance(rule.threshold, Quorum):
            self.height += rule.period + 1
            done = governance.step(self.community, self.bank, first, Conclude(number), self.height)
            effects += done.effects
        if made.rejection is not None or ProposalCarriedOut(number) not in effects:
            raise ProofError(f"rules: expected the example to come true; {action} was not carried out")

    def actions_of(self, kind: str, added: int, removed: Sequence[Organizer]) -> list[Action]:
        """What the group proposes in one step."""
        if kind == "add_organizer":
            return [self._puppet() for _ in range(added)]
        if kind == "remove_organizer":
            return [actions.RemoveOrganizer(one.account) for one in removed]
        weights = {one: MOST_WEIGHT if one in self.group else 1 for one in self.community.organizers}
        grown = sorted(weights, key=lambda one: -weights[one])
        return [actions.SetWeight(one, weights[one]) for one in grown]

    def _puppet(self) -> Action:
        account = f"althea1puppet{len(self.group)}"
        self.group.append(account)
        return actions.AddOrganizer(f"puppet {len(self.group)}", account, MOST_WEIGHT)

    def example(self, kind: str) -> Action:
        """Some action of a kind that nothing but votes stand in the way of."""
        coin = Coin(self.community.fee_denomination, _MONEY)
        first = next(iter(self.community.organizers))
        examples: dict[str, Action] = {
            "add_member": actions.AddMember("second", "althea1second"),
            "edit_member": actions.EditMember(self.member.address, "other", ""),
            "remove_member": actions.RemoveMember(IPv6Address(self.member.address), self.member.account),
            "add_organizer": actions.AddOrganizer("new", "althea1new"),
            "set_weight": actions.SetWeight(first, 2),
            "remove_organizer": actions.RemoveOrganizer(
                next(one for one in self.community.organizers if one not in self.group)
            )
            if any(one not in self.group for one in self.community.organizers)
            else actions.AddOrganizer("new", "althea1new"),
            "change_fee": actions.ChangeFee(self.community.fee + 1),
            "change_rules": actions.ChangeRules(self.community.rules),
            "disburse": actions.Disburse("althea1friend", coin),
            "stake_listing": actions.StakeListing(coin),
        }
        return examples[kind]
