"""Makes .venv with everything Doorstep needs; llama.cpp is compiled once and kept.

Runs on a bare system Python with nothing but its standard library, and parses on old ones so that
it can say which version is missing.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
IS_WINDOWS = os.name == "nt"
BIN = VENV / ("Scripts" if IS_WINDOWS else "bin")
VENV_PYTHON = BIN / ("python.exe" if IS_WINDOWS else "python")

# Portable code only: a library built for this very processor (GGML_NATIVE=ON) ends the process on
# machines whose processor says it can do what the virtual machine forbids, such as AMX. On Apple
# Silicon the compiler's own default is the M1, and Metal stays on.
PORTABLE_FLAGS = "-DGGML_NATIVE=OFF -DLLAVA_BUILD=OFF"
# On x86-64 the arithmetic is compiled for each generation of processors, in libraries of which the
# engine loads the best (engine_gguf/processor.py). All go into one folder, where it looks for them.
VARIANT_FLAGS = (
    "-DGGML_BACKEND_DL=ON -DGGML_CPU_ALL_VARIANTS=ON"
    " -DCMAKE_INSTALL_BINDIR=llama_cpp/lib -DCMAKE_INSTALL_LIBDIR=llama_cpp/lib"
)
# The newest generation needs GCC 11 or Clang 12.
NEWEST_OPTIONS = ("-mamx-int8", "-mavxvnni", "-mavx512bf16")
# Would change the result behind our back, so the build does not see them.
UNWANTED_VARIABLES = (
    "CFLAGS",
    "CXXFLAGS",
    "CPPFLAGS",
    "LDFLAGS",
    "SKBUILD_CMAKE_ARGS",
    "FORCE_CMAKE",
)

FREE_SPACE_BYTES = 3 * 10**9  # measured: 0.9 GB for .venv, 0.6 GB while compiling, and margin


class SetupError(Exception):
    """Something is missing or failed; the text says what to do."""


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument(
        "--without-dev", action="store_true", help="leave out the tools for tests and packaging"
    )
    extras = [] if arguments.parse_args().without_dev else ["dev"]
    if has_diagram_wheels():
        extras.append("diagrams")
    try:
        set_up(f"[{','.join(extras)}]" if extras else "")
    except SetupError as error:
        print(f"\nSet-up stopped: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nSet-up stopped; run the same command again to go on.", file=sys.stderr)
        return 130
    return 0


def set_up(extra: str) -> None:
    started = time.monotonic()
    if sys.version_info < (3, 11):  # noqa: UP036 - this file is what tells users of older ones
        raise SetupError(
            f"Doorstep needs Python 3.11 or newer; {sys.executable} is "
            f"{platform.python_version()}. Install a newer one and run this script with it."
        )
    if shutil.disk_usage(str(ROOT)).free < FREE_SPACE_BYTES:
        raise SetupError(f"less than 3 GB are free where {ROOT} lies. Make room and try again.")
    say(f"Setting up Doorstep in {VENV} (Python {platform.python_version()})")
    uv = shutil.which("uv")
    make_venv(uv)
    wheel = llama_wheel()
    install = [uv, "pip", "install", "--python", str(VENV_PYTHON)] if uv else pip("install")
    # By path and by force: what is installed is this file, whatever was there or is cached.
    run(
        [*install, "--no-deps", "--no-index", "--force-reinstall", str(wheel)],
        "installing llama.cpp",
    )
    # Never from source again: pip and uv would reuse a cached build without looking at its flags.
    never_build = ["--only-binary", "llama-cpp-python"]
    run(install + never_build + ["-e", str(ROOT) + extra], "installing packages (some 400 MB)")
    (VENV / ".ready").write_text(str(ROOT) + "\n", encoding="utf-8")
    say(f"Ready after {duration(started)}: {BIN / 'doorstep'}")


def has_diagram_wheels() -> bool:
    """Whether the libraries that draw diagrams are made for this system."""
    machine = platform.machine().lower()
    if sys.platform != "linux":
        return (sys.platform, machine) in (("darwin", "arm64"), ("win32", "amd64"))
    name, version = platform.libc_ver()
    numbers = tuple(int(part) for part in version.split(".")[:2] if part.isdigit())
    return machine == "x86_64" and name == "glibc" and numbers >= (2, 35)


def pip(*arguments: str) -> list[str]:
    return [str(VENV_PYTHON), "-m", "pip", *arguments]


def make_venv(uv: str | None) -> None:
    """A fresh environment, or the one that is there if its Python still runs."""
    if VENV_PYTHON.exists() and runs(pip("--version")):
        return
    if uv:
        # --seed: the wheel is built with pip in either case.
        command = [uv, "venv", "--seed", "--clear", "--python", sys.executable, str(VENV)]
    else:
        if not runs([sys.executable, "-c", "import venv, ensurepip"]):
            raise SetupError(
                f"{sys.executable} has no venv module. On Debian or Ubuntu: sudo apt-get install "
                "python3-venv; on others install the full Python, or uv."
            )
        command = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    run(command, f"making .venv with {'uv' if uv else 'venv and pip'}")


def llama_wheel() -> Path:
    """The wheel of llama-cpp-python built with our flags: kept from before, or built now."""
    requirement = llama_requirement()
    flags = build_flags()
    folder = wheel_cache() / wheel_key(requirement, flags)
    wheels = sorted(folder.glob("llama_cpp_python-*.whl"))
    if wheels:
        say(f"  llama.cpp: using the build kept in {folder}")
        return wheels[0]
    check_compiler()
    folder.parent.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(prefix="building-", dir=str(folder.parent)))
    try:
        build_wheel(requirement, flags, building)
        # In one step, so that an interrupted or simultaneous set-up leaves no half wheel.
        try:
            building.rename(folder)
        except OSError:
            if not folder.exists():
                raise
    finally:
        shutil.rmtree(str(building), ignore_errors=True)
    return sorted(folder.glob("llama_cpp_python-*.whl"))[0]


def llama_requirement() -> str:
    """The pinned line of pyproject.toml, so that the version stands in one place."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    return re.search(r'"(llama-cpp-python==[^";]+)"', text).group(1)


def wheel_cache() -> Path:
    chosen = os.environ.get("DOORSTEP_WHEEL_CACHE")
    if chosen:
        return Path(chosen).expanduser().absolute()
    if IS_WINDOWS and os.environ.get("LOCALAPPDATA"):
        return Path(os.environ["LOCALAPPDATA"]) / "Doorstep" / "wheels"
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(cache) / "doorstep" / "wheels"


def build_flags() -> str:
    """What CMake is told; without the variants where the compiler is too old for them: AVX2."""
    is_x86 = platform.machine().lower() in ("x86_64", "amd64") and sys.platform != "darwin"
    if is_x86 and (IS_WINDOWS or compiles(compilers("CXX"), ".cpp", "vector", *NEWEST_OPTIONS)):
        return f"{PORTABLE_FLAGS} {VARIANT_FLAGS}"
    return PORTABLE_FLAGS


def wheel_key(requirement: str, flags: str) -> str:
    """Everything that decides what the compiler produces, as a short folder name."""
    made_of = [
        requirement,
        flags,
        sysconfig.get_platform(),
        platform.machine(),
        sysconfig.get_config_var("SOABI") or "",
        platform.python_version_tuple()[1],
    ]
    return hashlib.sha256("\n".join(made_of).encode()).hexdigest()[:16]


def check_compiler() -> None:
    """Compile one small program, because a compiler's name on the PATH proves nothing."""
    if IS_WINDOWS:
        return  # CMake finds Visual Studio by itself; its own message is in the log
    for variable, suffix, header in (("CC", ".c", "stdio.h"), ("CXX", ".cpp", "vector")):
        if not compiles(compilers(variable), suffix, header):
            raise SetupError(compiler_advice(compilers(variable)))


def compilers(variable: str) -> Sequence[str]:
    """The compiler that the environment names, else those that CMake would try."""
    usual = {"CC": ("cc", "gcc", "clang"), "CXX": ("c++", "g++", "clang++")}
    return [os.environ[variable]] if os.environ.get(variable) else usual[variable]


def compiles(names: Sequence[str], suffix: str, header: str, *options: str) -> bool:
    """Whether one of these compilers makes a program, with such options."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / ("probe" + suffix)
        source.write_text(f"#include <{header}>\nint main(void) {{ return 0; }}\n")
        output = str(Path(folder) / "probe")
        return any(runs([*name.split(), *options, str(source), "-o", output]) for name in names)


def compiler_advice(names: Sequence[str]) -> str:
    return (
        "llama.cpp has to be compiled, and none of these C/C++ compilers works: "
        f"{', '.join(names)}.\n"
        "  Debian, Ubuntu:  sudo apt-get install build-essential\n"
        "  Fedora:          sudo dnf install gcc gcc-c++\n"
        "  macOS:           xcode-select --install\n"
        "Then run the same command again. CMake is not needed; it is fetched for the build."
    )


def build_wheel(requirement: str, flags: str, folder: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if k not in UNWANTED_VARIABLES}
    environment["CMAKE_ARGS"] = flags
    say("  llama.cpp is compiled once; that takes about 8 minutes on 2 cores")
    command = pip("wheel", "-v", "--no-cache-dir", "--no-deps", "--no-binary", "llama-cpp-python")
    run(
        [*command, "--wheel-dir", str(folder), requirement],
        "compiling llama.cpp",
        environment,
        counts=True,
    )


def run(
    command: list[str],
    doing: str,
    environment: dict[str, str] | None = None,
    counts: bool = False,
) -> None:
    """Run a command with a line of progress every few seconds; its output goes to a log file."""
    log_path = Path(tempfile.gettempdir()) / f"doorstep-setup-{os.getpid()}.log"
    started = time.monotonic()
    with log_path.open("w", encoding="utf-8", errors="replace") as log:
        child = subprocess.Popen(
            command,
            stdout=log,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env=environment,
            cwd=str(ROOT),
        )
        try:
            watch(child, doing, started, log_path if counts else None)
        except BaseException:
            child.terminate()
            child.wait()
            raise
    if child.returncode != 0:
        raise SetupError(failure(doing, child.returncode, log_path))
    say(f"  {doing}: done in {duration(started)}")
    log_path.unlink()


def watch(
    child: subprocess.Popen[bytes], doing: str, started: float, count_in: Path | None
) -> None:
    """Wait for the child; on a terminal one line is kept up to date, elsewhere lines are added."""
    is_terminal = sys.stdout.isatty()
    pause_s = 1 if is_terminal else 10
    while True:
        try:
            child.wait(timeout=pause_s)
        except subprocess.TimeoutExpired:
            done = compiled(count_in) if count_in else ""
            say(f"  {doing}: {duration(started)}{done}", passing=is_terminal)
        else:
            return


def compiled(log_path: Path) -> str:
    """How many files the compiler has done, as Ninja counts them in the log."""
    found = re.findall(rb"^\s*\[(\d+)/(\d+)\]", log_path.read_bytes(), re.MULTILINE)
    if not found:
        return ""
    done, total = (number.decode() for number in found[-1])
    return f", step {done} of {total}"


def failure(doing: str, code: int, log_path: Path) -> str:
    last_lines = log_path.read_text(encoding="utf-8", errors="replace").splitlines()[-20:]
    advice = "If the lines above speak of a connection, check the network and run it again."
    if IS_WINDOWS:
        advice += " If they speak of a compiler, install Visual Studio Build Tools with C++."
    return (
        f"{doing} failed (exit code {code}). The last lines of {log_path}:\n\n"
        + "\n".join(last_lines)
        + f"\n\n{advice}"
    )


def runs(command: list[str]) -> bool:
    try:
        return (
            subprocess.call(
                command,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                stdin=subprocess.DEVNULL,
            )
            == 0
        )
    except OSError:
        return False


def duration(started: float) -> str:
    seconds = int(time.monotonic() - started)
    return f"{seconds // 60} min {seconds % 60:02} s" if seconds >= 60 else f"{seconds} s"


def say(text: str, passing: bool = False) -> None:
    if passing:
        print("\r" + text + "\033[K", end="", flush=True)
        return
    lead = "\r\033[K" if sys.stdout.isatty() else ""
    print(lead + text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
