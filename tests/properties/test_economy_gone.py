# SPDX-License-Identifier: GPL-2.0-only
"""Neighbours that are gone before both books were compared: what a relay is out of pocket is theirs, too."""

import pytest

from althea_spec.reference.network.conduct import HONEST, Conduct

from .economy_machine import BrokenPromiseError, EconomyMachine


def left_behind() -> EconomyMachine:
    """A relay on bad links whose neighbours leave, or come back as somebody else, one after the other."""
    made = EconomyMachine()
    wallets, prices = [100_000, 200, 100_000, 0, 100_000], [0, 30_000, 0, 30_000, 30_000]
    conduct = Conduct(pays=False, claims=1_000)
    made.start(count=5, loss=200_000, conduct=conduct, prices=prices, wallets=wallets, seed=10371789)
    made.pass_time(6)
    made.leave(pick=57, says_so=False, wait=1)
    made.heal(pick=27, wait=1)
    made.restart_router(pick=46, wait=1)
    made.heal(pick=20, wait=3)
    made.change_conduct(conduct=HONEST, pick=23, wait=12)
    made.renew(pick=20, wait=12)
    return made


def test_a_relay_may_be_out_by_what_those_who_are_gone_never_reported() -> None:
    """Requirement: ECO-EARN-01"""
    left_behind().teardown()


def test_without_those_who_are_gone_the_audit_would_blame_the_relay() -> None:
    """Given an audit that knows only who is still there, then it finds what nobody has done.

    Requirement: ECO-EARN-01
    """
    made = left_behind()
    made.run.state.former.clear()
    with pytest.raises(BrokenPromiseError, match=r"^ECO-EARN-01"):
        made.teardown()
