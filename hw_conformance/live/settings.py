# SPDX-License-Identifier: GPL-2.0-only
"""What an operator writes: a TOML file, options, or both, and what the router makes of it.

Names are those of babeld's configuration where it has the same thing; intervals are in seconds.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal, NoReturn

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
)

from althea_spec.reference.routing.config import InterfaceConfig, RouterConfig
from althea_spec.reference.routing.menu import Table
from althea_spec.reference.routing.messages import PriceUnit
from althea_spec.reference.routing.profile import Profile
from althea_spec.reference.routing.verification_config import VerificationConfig

from .errors import LiveError
from .field_types import (
    IntervalField,
    MicrosecondsField,
    PrefixField,
    RatioField,
    RouterIdField,
    WeightField,
    hyphens,
)
from .status_server import parse_address
from .strategy_settings import StrategySettings

MAIN_TABLE: Final = 254
PROTOCOL: Final = 142
"""Of our routes; Babel's own number, 42, is what babeld uses, and its routes are not ours to remove."""
_RESERVED_PROTOCOLS: Final = 4
_MICROSECONDS_PER_MILLISECOND: Final = 1000
_LONGEST_INTERFACE_NAME: Final = 15
_INTERFACE_OPTIONS: Final = ("hello-interval", "update-interval")
"""Of every interface that is named by an option."""


class _Model(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        alias_generator=hyphens,
        populate_by_name=False,
        arbitrary_types_allowed=True,
    )


class InterfaceSettings(_Model):
    """One ``[interfaces.NAME]``."""

    type: Literal["wired", "wireless", "tunnel"] = "wired"
    hello_interval: IntervalField | None = None
    unicast_hello_interval: IntervalField | None = None
    ihu_interval: IntervalField | None = None
    update_interval: IntervalField | None = None
    split_horizon: bool | None = None
    rxcost: Annotated[int, Field(ge=1, le=65534)] | None = None
    rtt: bool = False
    """Send timestamps, and let a long round trip cost more."""
    rtt_min: Annotated[int, Field(ge=0)] | None = None
    """Milliseconds, as the next."""
    rtt_max: Annotated[int, Field(ge=1)] | None = None
    max_rtt_penalty: Annotated[int, Field(ge=0, le=65534)] | None = None
    transport: Literal["ipv6", "ipv4"] = "ipv6"


class PriceUnitSettings(_Model):
    """What a price means: so much of a currency for so much data."""

    octets: Annotated[int, Field(ge=1, le=(1 << 64) - 1)]
    currency: Annotated[int, Field(ge=0, le=65535)]


class TableSettings(_Model):
    """Another weight for the addresses of a network."""

    network: PrefixField
    weight: WeightField


class VerificationSettings(_Model):
    """``[verification]``: how the neighbours' claims are checked through tunnels; times are in seconds."""

    cycle: MicrosecondsField | None = None
    memory: MicrosecondsField | None = None
    probes: Annotated[int, Field(ge=1, le=32767)] | None = None
    probe_interval: MicrosecondsField | None = None
    answer_patience: MicrosecondsField | None = None
    carrier_patience: MicrosecondsField | None = None
    lost_after: Annotated[int, Field(ge=1)] | None = None
    lowest_accuracy: RatioField | None = None
    readmission_accuracy: RatioField | None = None
    banishment: MicrosecondsField | None = None
    tolerance: RatioField | None = None
    shortest_correction: MicrosecondsField | None = None
    longest_correction: MicrosecondsField | None = None

    def config(self) -> VerificationConfig:
        """The reference router's own words for it.

        Raises:
            ValueError: a value is out of its range; the line begins with the field.
        """
        given = {name: getattr(self, name) for name in type(self).model_fields}
        return VerificationConfig(**{name: value for name, value in given.items() if value is not None})


class Settings(_Model):
    """The whole router."""

    interfaces: dict[str, InterfaceSettings] = Field(min_length=1)
    originate: tuple[PrefixField, ...] = ()
    router_id: RouterIdField | None = None
    """``None``: made of the first interface's Ethernet address."""
    profile: Profile = Profile.RFC8966
    status: str | None = None
    """A path or ``[::1]:PORT`` to answer questions at."""
    tunnel_driver: str | None = None
    """A path at which the program that owns the tunnels is listened for."""
    table: int = Field(MAIN_TABLE, ge=1, le=0xFFFF_FFFF)
    protocol: int = Field(PROTOCOL, ge=_RESERVED_PROTOCOLS + 1, le=255)
    clock_rate: int = Field(1, ge=1, le=100)
    """Microseconds of protocol time in one of the wall's: for laboratories."""
    price: int | None = None
    originated_price: int | Literal["none"] | None = None
    price_unit: PriceUnitSettings | None = None
    weight: WeightField | None = None
    tables: tuple[TableSettings, ...] = ()
    maximum_price: int | None = None
    unpriced: Literal["last", "refuse"] = "last"
    permitted: tuple[PrefixField, ...] = ()
    select_by_path_rtt: bool = False
    verification: VerificationSettings | None = None
    price_strategy: StrategySettings | None = None
    """``None``: the price is the operator's own, and stays."""

    @field_validator("interfaces")
    @classmethod
    def _possible_names(cls, interfaces: dict[str, InterfaceSettings]) -> dict[str, InterfaceSettings]:
        for name in interfaces:
            if not name or len(name) > _LONGEST_INTERFACE_NAME or "/" in name or " " in name:
                raise ValueError(
                    f"expected names of at most {_LONGEST_INTERFACE_NAME} characters, got {name!r}"
                )
        return interfaces

    @field_validator("status")
    @classmethod
    def _possible_address(cls, status: str | None) -> str | None:
        if status is not None:
            try:
                parse_address(status)
            except LiveError as error:
                raise ValueError(str(error).removeprefix("status: ")) from error
        return status

    @field_validator(
        "price",
        "originated_price",
        "price_unit",
        "weight",
        "tables",
        "maximum_price",
        "select_by_path_rtt",
        "verification",
        "price_strategy",
    )
    @classmethod
    def _prices_need_a_profile(cls, value: object, info: ValidationInfo) -> object:
        if value and info.data.get("profile") is Profile.RFC8966:
            raise ValueError(
                "expected nothing in profile rfc8966, which knows no prices; choose another profile"
            )
        return value


_PARTS: Final[Mapping[str, type[BaseModel]]] = {
    "interfaces": InterfaceSettings,
    "tables": TableSettings,
    "price-unit": PriceUnitSettings,
    "verification": VerificationSettings,
    "price-strategy": StrategySettings,
}


def load(path: Path | None, options: Mapping[str, Any]) -> Settings:
    """Read a file, and let options override it.

    Args:
        path: the file; ``None``: there is none.
        options: as the file would have them, by the names of its fields.

    Raises:
        LiveError: the file cannot be read or is not TOML, or a field is wrong.
    """
    data = {} if path is None else _read(path)
    data.update(options)
    try:
        settings = Settings.model_validate(data)
    except ValidationError as error:
        _refuse(error, path, options)
    try:
        router_config(settings, bytes(7) + b"\x01")
        check_strategy(settings)
    except ValueError as error:
        where, _, what = str(error).partition(": ")
        field = where.replace("_", "-")
        raise LiveError(f"{_origin(field, path, options)}: {what}") from error
    return settings


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise LiveError(f"{path}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LiveError(f"{path}: not TOML: {error}") from error


def _refuse(error: ValidationError, path: Path | None, options: Mapping[str, Any]) -> NoReturn:
    """One line about the first thing that is wrong."""
    errors = error.errors()
    # A name that is not known is often the reason why another one is missing.
    first = next((one for one in errors if one["type"] == "extra_forbidden"), errors[0])
    field = ".".join(str(part) for part in first["loc"]) or "(the whole file)"
    where = _origin(field, path, options)
    if first["type"] == "extra_forbidden":
        model = _PARTS.get(str(first["loc"][0]), Settings)
        known = ", ".join(sorted(hyphens(name) for name in model.model_fields))
        raise LiveError(f"{where}: no such field; expected one of {known}")
    if first["loc"] == ("interfaces",) and first["type"] in ("missing", "too_short"):
        raise LiveError(f"{where}: expected at least one interface, got none")
    message = first["msg"].removeprefix("Value error, ")
    got = first["input"]
    told = (message[0].lower() + message[1:]).replace("input should be", "expected")
    raise LiveError(f"{where}: {told}" if "got" in told else f"{where}: {told}, got {got!r}")


def _origin(field: str, path: Path | None, options: Mapping[str, Any]) -> str:
    """Where the operator has written a field: an option, or a file."""
    top, *rest = field.split(".")
    if path is not None and top not in options:
        return f"{path}: {field}"
    if top != "interfaces":
        return f"--{top}"
    return f"--{rest[-1]}" if rest and rest[-1] in _INTERFACE_OPTIONS else "--interface"


def router_config(settings: Settings, default_router_id: bytes) -> RouterConfig:
    """The reference router's own words for it.

    Args:
        settings: what the operator wants.
        default_router_id: taken where the operator has not chosen one.

    Raises:
        ValueError: values that do not go together; the line begins with the field.
    """
    config: dict[str, Any] = {
        "router_id": settings.router_id or default_router_id,
        "interfaces": {name: _interface_config(name, one) for name, one in settings.interfaces.items()},
        "originates": settings.originate,
        "profile": settings.profile,
        "tables": tuple(Table(one.network, one.weight) for one in settings.tables),
        "maximum_price": settings.maximum_price,
        "unpriced": settings.unpriced,
        "select_by_path_rtt": settings.select_by_path_rtt,
    }
    if settings.price is not None:
        config["price"] = settings.price
    if settings.originated_price is not None:
        config["originated_price"] = (
            None if settings.originated_price == "none" else settings.originated_price
        )
    if settings.price_unit is not None:
        config["price_unit"] = PriceUnit(settings.price_unit.octets, settings.price_unit.currency)
    if settings.weight is not None:
        config["weight"] = settings.weight
    if settings.verification is not None:
        config["verification"] = _verification_config(settings.verification)
    if settings.permitted:
        config["permitted_prefixes"] = settings.permitted
    return RouterConfig(**config)


def check_strategy(settings: Settings) -> None:
    """Refuse a strategy that might not settle, or contradicts itself.

    Raises:
        ValueError: the line begins with the field.
    """
    if settings.price_strategy is not None:
        try:
            settings.price_strategy.strategy()
        except ValueError as error:
            raise ValueError(f"price-strategy.{error}") from error


def _verification_config(settings: VerificationSettings) -> VerificationConfig:
    try:
        return settings.config()
    except ValueError as error:
        raise ValueError(f"verification.{error}") from error


def _interface_config(name: str, settings: InterfaceSettings) -> InterfaceConfig:
    chosen: dict[str, Any] = {
        "unicast_hello_interval": settings.unicast_hello_interval,
        "ihu_interval": settings.ihu_interval,
        "update_interval": settings.update_interval,
        "split_horizon": settings.split_horizon,
    }
    given: dict[str, Any] = {
        "hello_interval": settings.hello_interval,
        "rxcost": settings.rxcost,
        "rtt_minimum": _microseconds(settings.rtt_min),
        "rtt_maximum": _microseconds(settings.rtt_max),
        "maximum_rtt_penalty": settings.max_rtt_penalty,
    }
    chosen.update({field: value for field, value in given.items() if value is not None})
    try:
        return InterfaceConfig(kind=settings.type, rtt=settings.rtt, **chosen)
    except ValueError as error:
        raise ValueError(f"interfaces.{name}.{error}") from error


def _microseconds(milliseconds: int | None) -> int | None:
    return None if milliseconds is None else milliseconds * _MICROSECONDS_PER_MILLISECOND
