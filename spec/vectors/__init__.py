# SPDX-License-Identifier: MIT
"""Examples of what each function of the reference gives, as data: the law for programs in any language."""
