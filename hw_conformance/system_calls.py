# SPDX-License-Identifier: GPL-2.0-only
"""The few system calls that Python 3.11 does not offer: namespaces, mounts, and dying with one's parent."""

import ctypes
import errno
import fcntl
import os
import signal
import socket
import struct
from pathlib import Path

CLONE_NEWNS = 0x00020000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

_MS_BIND = 4096
_MS_REC = 16384
_MS_PRIVATE = 1 << 18
_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4
_SIOCETHTOOL = 0x8946
_ETHTOOL_GLINK = 0x0A
_ETHTOOL_STXCSUM = 0x17
_INTERFACE_NAME_OCTETS = 16

_libc = ctypes.CDLL(None, use_errno=True)


def _check(result: int, what: str) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def unshare(flags: int) -> None:
    """Move the calling process into new namespaces (unshare(2)).

    Raises:
        OSError: the kernel refuses.
    """
    _check(_libc.unshare(flags), "unshare")


def setns(descriptor: int, flags: int) -> None:
    """Move the calling process into existing namespaces (setns(2)); a pidfd enters several at once.

    Raises:
        OSError: the kernel refuses.
    """
    _check(_libc.setns(descriptor, flags), "setns")


def mount(source: str, target: str, kind: str, flags: int) -> None:
    """mount(2) without data.

    Raises:
        OSError: the kernel refuses.
    """
    _check(_libc.mount(source.encode(), target.encode(), kind.encode(), flags, None), f"mount {target}")


def keep_mounts_private() -> None:
    """No mount made from now on is seen outside this mount namespace."""
    mount("none", "/", "none", _MS_REC | _MS_PRIVATE)


def bind(source: str, target: str) -> None:
    """Let a file or folder be seen at a second place."""
    mount(source, target, "none", _MS_BIND)


def die_with_parent() -> None:
    """SIGKILL for this process as soon as the thread that forked it is gone, however it went."""
    _check(_libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0), "prctl")


def stay_inspectable() -> None:
    """Changing credentials makes /proc/PID/ns unreadable for our own parent; this undoes it."""
    _check(_libc.prctl(_PR_SET_DUMPABLE, 1, 0, 0, 0), "prctl")


def become_root_of_a_user_namespace() -> None:
    """A new user namespace in which the calling user, and nobody else, is root; it needs no privilege.

    Raises:
        OSError: the kernel forbids it, or the process has more than one thread.
    """
    user, group = os.geteuid(), os.getegid()
    unshare(CLONE_NEWUSER)
    stay_inspectable()  # or these files belong to somebody else
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"0 {user} 1")
    Path("/proc/self/gid_map").write_text(f"0 {group} 1")


def compute_checksums_on_send(interface: str) -> None:
    """Make an interface of the current network namespace fill in UDP checksums itself.

    A veth leaves them to hardware that does not exist, and a capture would show wrong ones.

    Raises:
        OSError: no such interface, or the kernel refuses.
    """
    _ethtool(interface, _ETHTOOL_STXCSUM, 0)


def notice_carrier(interface: str) -> None:
    """Make the kernel act at once on a cable that has been plugged in; left alone it may take a second.

    Asking for the link state is what flushes its queue of such events.

    Raises:
        OSError: no such interface, or the kernel refuses.
    """
    _ethtool(interface, _ETHTOOL_GLINK, 0)


def _ethtool(interface: str, command: int, value: int) -> None:
    argument = ctypes.create_string_buffer(struct.pack("=II", command, value))
    name = interface.encode().ljust(_INTERFACE_NAME_OCTETS, b"\0")
    request = name + struct.pack("@P", ctypes.addressof(argument)) + bytes(16)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        try:
            fcntl.ioctl(control, _SIOCETHTOOL, request)
        except OSError as error:
            if error.errno != errno.EOPNOTSUPP:
                raise
