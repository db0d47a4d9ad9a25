# SPDX-License-Identifier: GPL-2.0-only
"""What an operator and a community write about accounts: a TOML file."""

import tomllib
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from althea_spec.conformance.plain import one_line
from althea_spec.reference.payments import account_config
from althea_spec.reference.payments.account_config import AccountConfig
from althea_spec.reference.payments.identity import Identity
from althea_spec.reference.payments.thresholds import Conditions, Thresholds

from .errors import LiveError
from .field_types import AddressField, MicrosecondsField, hyphens


def _key(value: object) -> bytes:
    try:
        return bytes.fromhex(str(value))
    except ValueError as error:
        raise ValueError(f"expected 64 hexadecimal digits, got {value!r}") from error


class _Model(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        alias_generator=hyphens,
        populate_by_name=False,
        arbitrary_types_allowed=True,
    )


class IdentitySettings(_Model):
    """``[us]``: this node."""

    mesh: AddressField
    account: str
    tunnel_key: Annotated[bytes, BeforeValidator(_key)]


class ThresholdSettings(_Model):
    """``[thresholds]``: charges, which is coins times ``unit-octets``."""

    pay: int
    resume: int
    limit: int
    block: int
    outage: int


class ConditionSettings(_Model):
    """``[conditions]``: what is assumed of an honest payer; charges, and times in seconds."""

    rate: int
    interval: MicrosecondsField
    delay: MicrosecondsField
    tolerance: int
    is_mutual: bool = True
    outage: MicrosecondsField = 0


class AccountSettings(_Model):
    """The whole file."""

    us: IdentitySettings
    denomination: str
    unit_octets: int
    thresholds: ThresholdSettings
    conditions: ConditionSettings
    confirmations: int = 1
    stale_after: MicrosecondsField | None = None
    recovery: MicrosecondsField | None = None
    patience: MicrosecondsField | None = None
    pause: MicrosecondsField | None = None
    version: int = Field(1, ge=1, le=1)


def load(path: Path) -> AccountConfig:
    """Read the file, and refuse thresholds that do not fit together.

    Raises:
        LiveError: one line with the file, the field, what was expected, and what there is.
    """
    try:
        settings = AccountSettings.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
        config = _config(settings)
        account_config.check(config, Conditions(**_plain(settings.conditions)))
    except OSError as error:
        raise LiveError(f"{path}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LiveError(f"{path}: not TOML: {one_line(str(error))}") from error
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "(the whole file)"
        message = one_line(first["msg"]).removeprefix("Value error, ")
        got = "" if "got" in message else f"; got {first['input']!r}"
        raise LiveError(f"{path}: {field}: {message[0].lower()}{message[1:]}{got}") from error
    except ValueError as error:
        raise LiveError(f"{path}: {one_line(str(error))}") from error
    return config


def _plain(model: BaseModel) -> dict[str, Any]:
    return {name: getattr(model, name) for name in type(model).model_fields}


def _config(settings: AccountSettings) -> AccountConfig:
    times = {name: getattr(settings, name) for name in ("stale_after", "recovery", "patience", "pause")}
    return AccountConfig(
        us=Identity(settings.us.mesh, settings.us.account, settings.us.tunnel_key),
        denomination=settings.denomination,
        unit_octets=settings.unit_octets,
        thresholds=Thresholds(**_plain(settings.thresholds)),
        confirmations=settings.confirmations,
        **{name: value for name, value in times.items() if value is not None},
    )
