# SPDX-License-Identifier: GPL-2.0-only
"""``python -m althea_spec`` is ``althea-spec``."""

from .cli import main

if __name__ == "__main__":
    main()
