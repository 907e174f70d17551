"""What every test gets: no keyring, no display, no folder of the user's."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
os.environ.pop("DOORSTEP_API_KEY", None)
