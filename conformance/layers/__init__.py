# SPDX-License-Identifier: GPL-2.0-only
"""Layers for scapy, written independently of the reference so that the two can be held against each other."""
