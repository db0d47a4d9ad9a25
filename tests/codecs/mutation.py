# SPDX-License-Identifier: GPL-2.0-only
"""Broken packets by the hundred thousand: sound ones, changed a little, and plain noise."""

from collections.abc import Callable, Iterator
from random import Random

from .examples import EXAMPLES, example

LARGEST = 200
"""Octets; mutation is allowed to grow a packet up to here."""
INTERESTING = (0, 1, 2, 3, 4, 5, 8, 10, 0x7F, 0x80, 0xFE, 0xFF)
NOISE_SHARE = 8
"""One input in so many is noise behind a right header."""


def _flip_bit(octets: bytearray, random: Random) -> None:
    octets[random.randrange(len(octets))] ^= 1 << random.randrange(8)


def _set_octet(octets: bytearray, random: Random) -> None:
    octets[random.randrange(len(octets))] = random.choice(INTERESTING)


def _insert(octets: bytearray, random: Random) -> None:
    place = random.randrange(len(octets) + 1)
    octets[place:place] = random.randbytes(random.randrange(1, 5))


def _delete(octets: bytearray, random: Random) -> None:
    place = random.randrange(len(octets))
    del octets[place : place + random.randrange(1, 5)]


def _truncate(octets: bytearray, random: Random) -> None:
    del octets[random.randrange(len(octets)) :]


def _repeat(octets: bytearray, random: Random) -> None:
    place = random.randrange(len(octets))
    octets[place:place] = octets[place : place + random.randrange(1, 20)]


def _splice(octets: bytearray, random: Random) -> None:
    other = _example(random)
    octets[random.randrange(len(octets)) :] = other[random.randrange(len(other)) :]


def _right_length(octets: bytearray, _: Random) -> None:
    """Make the body length true again, so that what is behind the header is looked at."""
    if len(octets) >= 4:
        octets[:4] = b"\x2a\x02" + (len(octets) - 4).to_bytes(2, "big")


MUTATIONS: tuple[Callable[[bytearray, Random], None], ...] = (
    _flip_bit,
    _set_octet,
    _set_octet,
    _insert,
    _delete,
    _truncate,
    _repeat,
    _splice,
    _right_length,
    _right_length,
)


def _example(random: Random) -> bytes:
    return example(random.choice(list(EXAMPLES)))


def broken_packets(count: int, seed: int) -> Iterator[bytes]:
    """So many UDP payloads; the same seed gives the same ones."""
    random = Random(seed)
    for number in range(count):
        if number % NOISE_SHARE == 0:
            noise = random.randbytes(random.randrange(60))
            yield noise if random.random() < 0.2 else b"\x2a\x02" + len(noise).to_bytes(2, "big") + noise
            continue
        octets = bytearray(_example(random))
        for _ in range(random.randrange(1, 8)):
            if not octets:
                break
            random.choice(MUTATIONS)(octets, random)
        yield bytes(octets[:LARGEST])
