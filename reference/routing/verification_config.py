# SPDX-License-Identifier: MIT
"""What an operator may choose about verification; the defaults stand on the statistics in the tests."""

from fractions import Fraction
from typing import Any, Final

from attrs import Attribute, field, frozen
from attrs.validators import and_, ge, instance_of, le, optional

from .accuracy import Thresholds
from .correction import DurationRule
from .messages import Microseconds

_SECOND: Final = 1_000_000
_LARGEST_EXPONENT: Final = 8


def _check_ratio(_: object, attribute: "Attribute[Any]", value: Fraction) -> None:
    if not 0 < value <= 1:
        raise ValueError(f"{attribute.name}: expected more than 0 and at most 1, got {value}")


def _check_tolerance(_: object, attribute: "Attribute[Any]", value: Fraction) -> None:
    if value < 0:
        raise ValueError(f"{attribute.name}: expected at least 0, got {value}")


_exponent = and_(ge(0), le(_LARGEST_EXPONENT))
_positive = ge(1)


@frozen
class VerificationConfig:
    """Verification of routes by probes through tunnels.

    Raises:
        ValueError: a field is out of its range.
    """

    cycle: Microseconds = field(default=60 * _SECOND, validator=_positive)
    """Every so often a route is chosen and its measurement begins."""
    memory: Microseconds = field(default=300 * _SECOND, validator=_positive)
    """The paper's x: a destination used within so much time is verified, and its accuracy is averaged."""
    probes: int = field(default=1024, validator=and_(ge(1), le(32767)))
    """Remote Hellos of one measurement."""
    probe_interval: Microseconds = field(default=50_000, validator=_positive)
    """Between two Remote Hellos of a measurement, on average."""
    answer_patience: Microseconds = field(default=7 * _SECOND, validator=_positive)
    """How long the answer to the last Remote Hello is waited for."""
    longest_measurement: Microseconds = field(default=600 * _SECOND, validator=_positive)
    """A measurement that has not sent its Remote Hellos by then ends without a result."""
    carrier_patience: Microseconds | None = field(default=None, validator=optional(ge(0)))
    """``None``: Remote Hellos only ride on packets, which are drawn by lot.  Else they have times of their
    own, take the next packet, and leave alone after so much waiting: quicker, and no secret to a relay."""
    answer_carrier_patience: Microseconds = field(default=5 * _SECOND, validator=ge(0))
    """After so much waiting a Remote IHU leaves alone: without an answer an honest route looks broken."""
    waiting_answers: int = field(default=256, validator=_positive)
    """For each destination; more that wait for a packet to ride on are dropped."""
    lost_after: int = field(default=64, validator=_positive)
    """So many Remote Hellos without any answer, and the route is broken, if the destination is there."""
    lowest_accuracy: Fraction = field(default=Fraction(3, 5), validator=[instance_of(Fraction), _check_ratio])
    """The paper's S."""
    readmission_accuracy: Fraction = field(
        default=Fraction(4, 5), validator=[instance_of(Fraction), _check_ratio]
    )
    """From here on a removed neighbour is back; more than S."""
    banishment: Microseconds = field(default=600 * _SECOND, validator=_positive)
    """After so much time without a measurement a removed neighbour gets another chance."""
    grudge: Microseconds = field(default=86_400 * _SECOND, validator=_positive)
    """How long the accuracy of a destination is remembered without a new measurement."""
    tolerance: Fraction = field(default=Fraction(1, 4), validator=[instance_of(Fraction), _check_tolerance])
    """What is measured may differ by this share of what is claimed before it is corrected."""
    correction_unit: Microseconds = field(default=60 * _SECOND, validator=_positive)
    correction_reach: Microseconds = field(default=600 * _SECOND, validator=_positive)
    """The paper's C1."""
    correction_repetition: int = field(default=1, validator=_exponent)
    """The paper's C2."""
    correction_weight_of_size: int = field(default=1, validator=_exponent)
    shortest_correction: Microseconds = field(default=120 * _SECOND, validator=ge(0))
    longest_correction: Microseconds = field(default=3600 * _SECOND, validator=_positive)

    def __attrs_post_init__(self) -> None:
        if self.readmission_accuracy < self.lowest_accuracy:
            raise ValueError(
                f"readmission_accuracy: expected at least lowest_accuracy ({self.lowest_accuracy}), "
                f"got {self.readmission_accuracy}"
            )
        if self.longest_correction < self.shortest_correction:
            raise ValueError(
                f"longest_correction: expected at least shortest_correction ({self.shortest_correction}), "
                f"got {self.longest_correction}"
            )

    @property
    def thresholds(self) -> Thresholds:
        """Of removal and readmission."""
        return Thresholds(self.lowest_accuracy, self.readmission_accuracy)

    @property
    def durations(self) -> DurationRule:
        """How long corrections last."""
        return DurationRule(
            unit=self.correction_unit,
            reach=self.correction_reach,
            repetition=self.correction_repetition,
            weight_of_size=self.correction_weight_of_size,
            shortest=self.shortest_correction,
            longest=self.longest_correction,
        )
