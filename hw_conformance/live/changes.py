# SPDX-License-Identifier: GPL-2.0-only
"""What has to happen so that a running router follows a changed configuration."""

from collections.abc import Iterator

from attrs import fields

from althea_spec.reference.routing import events
from althea_spec.reference.routing.config import RouterConfig

_FOLLOWED = {"originates", "price", "weight", "interfaces"}


def events_between(before: RouterConfig, after: RouterConfig) -> Iterator[events.Event]:
    """What the router is to be told."""
    for prefix in before.originates:
        if prefix not in after.originates:
            yield events.Withdraw(prefix)
    for prefix in after.originates:
        if prefix not in before.originates:
            yield events.Originate(prefix)
    if after.price != before.price:
        yield events.SetPrice(after.price)
    if after.weight != before.weight:
        yield events.SetWeight(after.weight)


def reconfigured(before: RouterConfig, after: RouterConfig) -> list[str]:
    """The interfaces that are to run with another configuration."""
    known = before.interfaces
    return [name for name, config in after.interfaces.items() if name in known and known[name] != config]


def needing_restart(before: RouterConfig, after: RouterConfig) -> list[str]:
    """The fields that have changed and cannot follow."""
    changed = [
        one.name
        for one in fields(RouterConfig)
        if one.name not in _FOLLOWED and getattr(before, one.name) != getattr(after, one.name)
    ]
    if set(before.interfaces) != set(after.interfaces):
        changed.append("interfaces")
    return changed
