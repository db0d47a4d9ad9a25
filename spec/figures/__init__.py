# SPDX-License-Identifier: MIT
"""Tables and diagrams of the law: computed by the reference, between markers in the prose."""
