"""How many descriptors this process holds: what leaks shows here."""

import os


def count_descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))
