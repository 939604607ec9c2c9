"""Workers end with their master, also when that is killed and cannot tell them."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time

#: The variable of the environment that tells a worker the process id of its master.
MASTER = "CROSSINGS_MASTER"
PR_SET_PDEATHSIG = 1  # linux/prctl.h
GRACE_SECONDS = 10.0


def end_with_master() -> None:
    """Ask the kernel for SIGTERM when the master dies, and leave for good if that does not end the worker.

    Does nothing in a process that is no worker of `crossings.serve`, or on another system than Linux.
    """
    master = os.environ.get(MASTER)
    if not master or not sys.platform.startswith("linux") or os.getpid() == int(master):
        return
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    threading.Thread(target=_watch, args=(int(master),), daemon=True).start()


def _watch(master: int) -> None:
    while os.getppid() == master:
        time.sleep(1)
    time.sleep(GRACE_SECONDS)  # answers under way
    os._exit(1)
