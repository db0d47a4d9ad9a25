# SPDX-License-Identifier: GPL-2.0-only
"""A whole network of real routers of different make, in namespaces, watched while links are cut."""
