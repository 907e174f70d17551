"""Resident memory of this process, in bytes, on the three systems."""

import sys

_PEAK, _NOW = 1, 2


def peak_resident_bytes() -> int:
    """The most resident bytes so far; 0 where the system does not tell."""
    if sys.platform == "win32":
        return _windows_counter(_PEAK)
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak


def resident_bytes() -> int:
    """Resident bytes now (on macOS the peak so far); 0 where the system does not tell."""
    found = 0
    if sys.platform == "linux":
        import resource

        with open("/proc/self/statm", encoding="ascii") as file:
            found = int(file.read().split()[1]) * resource.getpagesize()
    elif sys.platform == "darwin":
        import resource

        found = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    elif sys.platform == "win32":
        found = _windows_counter(_NOW)
    return found


def _windows_counter(index: int) -> int:
    if sys.platform == "win32":
        import ctypes

        # PROCESS_MEMORY_COUNTERS: two DWORDs, PeakWorkingSetSize, WorkingSetSize, …: 72 bytes
        counters = (ctypes.c_size_t * 9)()
        kernel32 = ctypes.WinDLL("kernel32")
        kernel32.GetCurrentProcess.restype = ctypes.c_void_p
        process = ctypes.c_void_p(kernel32.GetCurrentProcess())
        if kernel32.K32GetProcessMemoryInfo(process, ctypes.byref(counters), 72):
            return int(counters[index])
    return 0
