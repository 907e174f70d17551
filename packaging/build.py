"""Builds the app of this system into dist/, with PyInstaller."""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LINUX = ROOT / "packaging" / "linux"


def main() -> int:
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"]
    places = ["--distpath", str(ROOT / "dist"), "--workpath", str(ROOT / "build")]
    spec = ROOT / "packaging" / "doorstep.spec"
    built = subprocess.run([*command, *places, str(spec)], cwd=ROOT, check=False).returncode
    if built != 0:
        print("The app was not built; the lines above say why.", file=sys.stderr)
        return built
    app = ROOT / "dist" / "doorstep"
    if sys.platform == "linux":
        add_starter_files(app)
    size = sum(file.stat().st_size for file in app.rglob("*") if not file.is_symlink())
    print(f"Built {app} ({size / 1e6:.0f} MB)")
    return 0


def add_starter_files(app: Path) -> None:
    """What makes a double-click of it, here and wherever the folder is put later."""
    shutil.copy(ROOT / "resources" / "icons" / "doorstep.svg", app)
    shutil.copy(LINUX / "install.sh", app)
    shutil.copy(LINUX / "doorstep.desktop", app)
    subprocess.run([str(app / "install.sh"), "--here"], check=True)


if __name__ == "__main__":
    sys.exit(main())
