"""What every test gets: no keyring, no display, no folder of the user's, no clock in hypothesis."""

import os

from hypothesis import HealthCheck, settings

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
os.environ.pop("DOORSTEP_API_KEY", None)

# How long an example takes says more about the machine than about the code. In CI the examples are
# the same every time; elsewhere each run looks for new ones.
settings.register_profile(
    "doorstep",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=bool(os.environ.get("CI")),
)
settings.load_profile("doorstep")
