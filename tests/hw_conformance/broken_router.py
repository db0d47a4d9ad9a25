# SPDX-License-Identifier: GPL-2.0-only
"""``python broken_router.py SABOTAGE …``: the live router with one of its kernels replaced, else as ever."""

import sys
from pathlib import Path


def main() -> None:
    """Break what the sabotage of that name breaks, and be a router."""
    sys.path.insert(0, str(Path(__file__).parents[2]))
    import pytest

    from althea_spec import router_command
    from tests.adequacy.outcomes import SABOTAGES

    name = sys.argv.pop(1)
    (sabotage,) = (one for one in SABOTAGES if one.name == name)
    with pytest.MonkeyPatch.context() as patched:
        sabotage.patch(patched)
        router_command.main()


if __name__ == "__main__":
    main()
