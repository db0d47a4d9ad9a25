# SPDX-License-Identifier: MIT
"""Proofs about the reference router: every obligation is obtained from the function that runs.

``engine`` runs a function on symbolic numbers, once for each way through its branches, and asks the
solvers.  ``routing`` holds the obligations, one module per subject.  ``docs/proofs.md`` says how to read and
write them.
"""
