"""Where the frozen app starts: the same command line as from source."""

import os
import sys

# The bootloader points LD_LIBRARY_PATH at the app's own libraries and keeps the user's value beside
# it. Programs started from here, such as a browser, must get the user's.
if getattr(sys, "frozen", False) and sys.platform == "linux":
    original = os.environ.get("LD_LIBRARY_PATH_ORIG")
    if original:
        os.environ["LD_LIBRARY_PATH"] = original
    else:
        os.environ.pop("LD_LIBRARY_PATH", None)

from app.__main__ import main

if __name__ == "__main__":
    sys.exit(main())
