# SPDX-License-Identifier: MIT
"""Who is on the list of a subnet, under which address, and whom a router connects to."""

from ipaddress import IPv6Address
from typing import Any, cast

from althea_spec.reference.dao import address_allocation, admission, membership, neighbourhood, subnet
from althea_spec.reference.dao.admission import Binding, Freshness, Limits
from althea_spec.reference.dao.rejection import Rejection
from althea_spec.reference.payments.identity import Identity

from ..engine import logic
from ..engine.given import Given
from ..engine.obligations import theorem, witness

_LARGEST = 2**128 - 1
_HALF = 2**64
_LENGTHS = (0, 32, 64, 128)


def _address(given: Given, name: str) -> int:
    return given.integer(name, 0, _LARGEST)


@theorem("subnet/halves", "SUBNET-PREFIX-02")
def halves(given: Given) -> bool:
    """An address is in a subnet exactly when its upper half is the subnet's, and the lower half is what it
    is beyond the first address.
    """
    prefix = given.integer("prefix", 0, _HALF - 1) * _HALF
    address = _address(given, "address")
    interface = subnet.interface_of(address, prefix)
    beyond = address - prefix
    if interface is None:
        return beyond < 0 or beyond >= _HALF
    return interface == beyond and 0 <= beyond < _HALF


@theorem("subnet/overlap", "SUBNET-PREFIX-03")
def overlap(given: Given) -> bool:
    """Two prefixes overlap exactly when some address is in both, whichever is named first."""
    bounds = []
    for name in ("first", "second"):
        size = 2 ** (128 - given.choice(f"{name}_bits", _LENGTHS))
        bits = 128 - size.bit_length() + 1
        start = given.integer(f"{name}_{bits}", 0, 2**bits - 1) * size
        bounds.append((start, bits, start + size))
    (first, first_bits, first_end), (second, second_bits, second_end) = bounds
    one = subnet.overlap(first, first_bits, second, second_bits)
    other = subnet.overlap(second, second_bits, first, first_bits)
    return one == other == logic.all_of(first < second_end, second < first_end)


@theorem("subnet/same-or-apart", "SUBNET-PREFIX-03")
def same_or_apart(given: Given) -> bool:
    """No address is in two subnets that do not overlap."""
    first, second = _address(given, "first"), _address(given, "second")
    given.assume(not subnet.overlap(first, 64, second, 64), "the two /64 do not overlap")
    address = _address(given, "address")
    return subnet.interface_of(address, first) is None or subnet.interface_of(address, second) is None


@theorem("allocation/upwards", "SUBNET-ALLOC-01", "SUBNET-ALLOC-02")
def upwards(given: Given) -> bool:
    """Addresses are given out upwards, none is left out that a host may have, and none that no host may have
    is given out.
    """
    interface = given.integer("interface", 0, _HALF - 1)
    between = given.integer("between", 0, _HALF - 1)
    following = address_allocation.after(interface)
    left_out = logic.all_of(interface < between, between < following)
    if left_out and address_allocation.is_assignable(between):
        return False
    return interface < following and address_allocation.is_assignable(following)


@theorem("members/entry", "SUBNET-LIST-01", "SUBNET-LIST-02", "SUBNET-LIST-03", "SUBNET-LIST-05")
def entry(given: Given) -> bool:
    """An entry is taken exactly when its address is one of the subnet that a host may have, neither address
    nor account is on the list, and its texts have their lengths.
    """
    interface = given.optional("interface", lambda: given.integer("interface", 0, _HALF - 1))
    same_address, same_account = given.boolean("same_address"), given.boolean("same_account")
    lengths = given.integer("nickname", 0, 2000), given.integer("notes", 0, 2000)
    reason = membership.refusal_of_entry(interface, same_address, same_account, lengths)
    if interface is None:
        return reason is Rejection.ADDRESS_OUTSIDE
    reserved = logic.any_of(
        interface == 0, logic.all_of(interface >= 0xFDFFFFFFFFFFFF80, interface < 0xFE00000000000000)
    )
    texts = logic.all_of(lengths[0] > 0, lengths[0] < 65, lengths[1] < 1025)
    good = logic.all_of(logic.no(reserved), logic.no(same_address), logic.no(same_account), texts)
    return bool(good) if reason is None else not good


@theorem("members/no-duplicate", "SUBNET-LIST-02", "SUBNET-LIST-03")
def no_duplicate(given: Given) -> bool:
    """Whatever else is so, a second entry of an address or of an account is refused."""
    interface = given.integer("interface", 0, _HALF - 1)
    same_address, same_account = given.boolean("same_address"), given.boolean("same_account")
    given.assume(same_address or same_account, "another entry has the address or the account")
    lengths = given.integer("nickname", 0, 2000), given.integer("notes", 0, 2000)
    return membership.refusal_of_entry(interface, same_address, same_account, lengths) is not None


@theorem("organizers/somebody-stays", "SUBNET-ORG-03")
def somebody_stays(given: Given) -> bool:
    """Who goes leaves at least one organizer behind, and where there are two or more, each may go."""
    known, organizers = given.boolean("known"), given.integer("organizers", 1, 1000)
    reason = membership.refusal_of_departure(known, organizers)
    return (reason is None) == bool(logic.all_of(known, organizers - 1 >= 1))


@theorem("organizers/bounds", "SUBNET-ORG-01", "SUBNET-ORG-02")
def bounds(given: Given) -> bool:
    """Who becomes an organizer was none, finds room, and has a weight that may be given."""
    known, organizers = given.boolean("known"), given.integer("organizers", 0, 2000)
    weight, length = given.integer("weight", -5, 2_000_000), given.integer("length", 0, 100)
    reason = membership.refusal_of_organizer(known, organizers, weight, length)
    room = logic.all_of(organizers < 1000, weight >= 1, weight <= 1_000_000, length > 0, length < 65)
    good = logic.all_of(logic.no(known), room)
    return bool(good) if reason is None else not good


# --- admission ----------------------------------------------------------------------------------------------


def _claim(given: Given, name: str) -> Binding:
    """A binding; addresses, accounts and keys are as good as numbers where they are only compared."""
    parts = [cast(Any, given.integer(f"{name}_{one}", 0, 9)) for one in ("mesh", "account", "key")]
    signer = given.optional(f"{name}_signer", lambda: cast(Any, given.integer(f"{name}_signer", 0, 9)))
    return Binding(Identity(*parts), given.integer(f"{name}_serial", 0, 2**64), signer)


@theorem("admit/entry", "ADMIT-CHECK-01", "ADMIT-CHECK-02", "ADMIT-CHECK-03")
def admitted_entry(given: Given) -> bool:
    """The list speaks for a neighbour exactly when its address is in the subnet and the list has its account
    there.
    """
    mesh, prefix = _address(given, "mesh"), _address(given, "prefix")
    account = given.integer("account", 0, 2**32)
    listed = given.optional("listed", lambda: given.integer("listed", 0, 2**32))
    reason = admission.refusal_of_entry(
        cast(IPv6Address, mesh), cast(Any, account), prefix, cast(Any, listed)
    )
    inside = mesh // _HALF == prefix // _HALF
    if listed is None:
        return reason is (Rejection.NOT_LISTED if inside else Rejection.OTHER_SUBNET)
    good = logic.all_of(inside, listed == account)
    return bool(good) if reason is None else not good


@theorem("admit/binding", "ADMIT-CHECK-04", "ADMIT-CHECK-05")
def admitted_binding(given: Given) -> bool:
    """A key is believed only if the tunnel has proved it and the account itself has signed it."""
    claim, proven = _claim(given, "claim"), cast(Any, given.integer("proven", 0, 9))
    known = given.optional("known", lambda: _claim(given, "known"))
    reason = admission.refusal_of_binding(claim, proven, known)
    if reason is not None:
        return True
    return claim.signer is not None and bool(
        logic.all_of(claim.signer == claim.identity.account, proven == claim.identity.tunnel_key)
    )


@theorem("admit/first-key", "ADMIT-CHECK-04", "ADMIT-CHECK-05")
def first_key(given: Given) -> bool:
    """A key that the tunnel has proved and the account has signed is believed, if it is the first or a newer
    one.
    """
    claim = _claim(given, "claim")
    known = given.optional("known", lambda: _claim(given, "known"))
    given.assume(claim.signer is not None and claim.signer == claim.identity.account, "the account signed")
    if known is not None:
        given.assume(known.serial < claim.serial, "the known one is older")
    return admission.refusal_of_binding(claim, claim.identity.tunnel_key, known) is None


@theorem("admit/no-replay", "ADMIT-KEY-01")
def no_replay(given: Given) -> bool:
    """Once a binding is known, no older one of its account is accepted, and no other one of the same age."""
    claim, known = _claim(given, "claim"), _claim(given, "known")
    proven = cast(Any, given.integer("proven", 0, 9))
    other = logic.any_of(
        claim.identity.mesh != known.identity.mesh,
        claim.identity.account != known.identity.account,
        claim.identity.tunnel_key != known.identity.tunnel_key,
    )
    given.assume(
        logic.any_of(claim.serial < known.serial, logic.all_of(claim.serial == known.serial, other)),
        "the claim is older, or another one with the same serial",
    )
    return admission.refusal_of_binding(claim, proven, known) is not None


@witness("admit/stolen-key", "ADMIT-KEY-01")
def stolen_key(given: Given) -> bool:
    """Without a memory of bindings, whoever has stolen a key that its owner has replaced gets in with it."""
    stolen, newer = _claim(given, "stolen"), _claim(given, "newer")
    given.assume(stolen.serial < newer.serial, "the owner has signed another key since")
    key = stolen.identity.tunnel_key
    forgetful = admission.refusal_of_binding(stolen, key, None)
    remembering = admission.refusal_of_binding(stolen, key, newer)
    return forgetful is None and remembering is Rejection.BINDING_REPLACED


def _limits(given: Given) -> Limits:
    refresh, admit, keep = (given.integer(name, 1, 2**50) for name in ("refresh", "admit", "keep"))
    given.assume(logic.all_of(refresh <= admit, admit <= keep), "refresh <= admit <= keep")
    limits = Limits(refresh, admit, keep)
    admission.check_limits(limits)
    return limits


@theorem("admit/age", "ADMIT-CACHE-01", "ADMIT-CACHE-02", "ADMIT-CACHE-03", "ADMIT-CACHE-05")
def age(given: Given) -> bool:
    """A list admits new neighbours up to one age, and keeps those that are connected up to a later one."""
    limits, old = _limits(given), given.integer("age", 0, 2**52)
    admits = admission.refusal_of_age(old, limits) is None
    expired = neighbourhood.is_expired(old, limits)
    return admits == (limits.admit >= old) and expired == (old > limits.keep)


@theorem("admit/older-is-worse", "ADMIT-CACHE-01", "ADMIT-CACHE-02", "ADMIT-CACHE-03")
def older_is_worse(given: Given) -> bool:
    """An older list is never good for more, and one that is to be read again soon enough is good for all."""
    limits = _limits(given)
    younger, older = given.integer("younger", 0, 2**52), given.integer("older", 0, 2**52)
    given.assume(younger <= older, "the second is older")
    order = list(Freshness)
    first, second = admission.freshness(younger, limits), admission.freshness(older, limits)
    current = first is Freshness.CURRENT or younger > limits.refresh
    return order.index(first) <= order.index(second) and bool(current)


@theorem("admit/never-read", "ADMIT-CACHE-04")
def never_read(given: Given) -> bool:
    """Who has never read the list connects to nobody, and that is told from having read it too long ago."""
    limits = _limits(given)
    old = given.optional("age", lambda: given.integer("age", 0, 2**52))
    reason = admission.refusal_of_age(old, limits)
    return (reason is Rejection.LIST_UNKNOWN) == (old is None)
