"""Set-up from nothing: what it says when something is missing; it compiles once and rightly."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parent.parent.parent
QUESTION = "What is the capital of France? Answer in one sentence."

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="make and sh are not on Windows")


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A folder to be the whole PATH: a shell's tools, no Python and no compiler."""
    folder = tmp_path / "tools"
    folder.mkdir()
    for name in ("sh", "cat", "rm", "env"):
        (folder / name).symlink_to(str(shutil.which(name)))
    return folder


@pytest.fixture
def setup_venv(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "setup_venv", ROOT / "packaging" / "setup_venv.py"
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _find_python(path: Path) -> subprocess.CompletedProcess[str]:
    command = [str(path / "sh"), str(ROOT / "packaging" / "find_python.sh")]
    return subprocess.run(
        command, env={"PATH": str(path)}, capture_output=True, text=True, check=False
    )


def test_a_machine_without_python_is_told_how_to_get_it(tools: Path):
    found = _find_python(tools)

    assert found.returncode == 1
    assert "there is no Python on the PATH" in found.stderr
    assert "apt-get install python3" in found.stderr


def test_a_python_that_is_too_old_is_named(tools: Path):
    old = tools / "python3"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo Python 3.9.2\nexit 1\n')
    old.chmod(0o755)

    found = _find_python(tools)

    assert found.returncode == 1
    assert f"{old} is older (Python 3.9.2)" in found.stderr


def test_a_newer_python_is_taken_where_python3_is_old(tools: Path):
    for name, code in (("python3", 1), ("python3.12", 0)):
        (tools / name).write_text(f"#!/bin/sh\nexit {code}\n")
        (tools / name).chmod(0o755)

    assert _find_python(tools).stdout.strip() == str(tools / "python3.12")


def test_a_machine_without_a_compiler_is_told_how_to_get_one(tools: Path, tmp_path: Path):
    project = tmp_path / "project"
    (project / "packaging").mkdir(parents=True)
    shutil.copy(ROOT / "packaging" / "setup_venv.py", project / "packaging")
    shutil.copy(ROOT / "pyproject.toml", project)

    done = subprocess.run(
        [sys.executable, project / "packaging" / "setup_venv.py"],
        env={"PATH": str(tools), "DOORSTEP_WHEEL_CACHE": str(tmp_path / "wheels")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "none of these C/C++ compilers works: cc, gcc, clang" in done.stderr
    assert "apt-get install build-essential" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_build_with_other_flags_is_another_build(setup_venv: ModuleType):
    ours = setup_venv.wheel_key("llama-cpp-python==0.3.36", setup_venv.PORTABLE_FLAGS)

    assert setup_venv.wheel_key("llama-cpp-python==0.3.36", "-DGGML_NATIVE=ON") != ours


def test_a_compiler_too_old_for_the_variants_builds_without_them(
    setup_venv: ModuleType, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(setup_venv, "compiles", lambda *_: False)

    assert setup_venv.build_flags() == setup_venv.PORTABLE_FLAGS


def test_flags_of_the_user_do_not_reach_the_compiler(
    setup_venv: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setenv("CMAKE_ARGS", "-DGGML_NATIVE=ON")
    monkeypatch.setenv("CXXFLAGS", "-march=native")
    seen: list[dict[str, str]] = []
    monkeypatch.setattr(setup_venv, "run", lambda *args, **_: seen.append(args[2]))

    setup_venv.build_wheel("llama-cpp-python==0.3.36", setup_venv.PORTABLE_FLAGS, tmp_path)

    assert [(env["CMAKE_ARGS"], env.get("CXXFLAGS")) for env in seen] == [
        (setup_venv.PORTABLE_FLAGS, None)
    ]


def test_a_failed_step_shows_the_end_of_its_log(setup_venv: ModuleType):
    command = [sys.executable, "-c", "print('disk quota exceeded'); raise SystemExit(7)"]

    with pytest.raises(setup_venv.SetupError, match=r"(?s)failed \(exit code 7\).*disk quota"):
        setup_venv.run(command, "installing packages")


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_a_fresh_copy_sets_itself_up_and_a_second_one_compiles_nothing(tmp_path: Path):
    wheels = tmp_path / "wheels"
    first, second = (_copy_of_project(tmp_path / name) for name in ("first", "second"))
    environment = os.environ | {"DOORSTEP_WHEEL_CACHE": str(wheels)}

    output = [
        subprocess.run(
            ["make", ".venv/.ready"], cwd=copy, env=environment, check=True, stdout=subprocess.PIPE
        ).stdout.decode()
        for copy in (first, second)
    ]
    answer = subprocess.check_output(
        [
            second / ".venv" / "bin" / "doorstep",
            *("ask", QUESTION, "--temperature", "0", "--data-dir", tmp_path / "data"),
        ]
    )

    assert ["compiling llama.cpp: done" in text for text in output] == [True, False]
    assert len(list(wheels.glob("*/*.whl"))) == 1
    assert b"Paris" in answer


def _copy_of_project(target: Path) -> Path:
    """What a clone would hold, with changes that are not committed yet."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    for name in subprocess.check_output(listed, cwd=ROOT, text=True).splitlines():
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target / name)
    return target


def test_diagrams_are_asked_for_only_where_there_are_wheels_for_them(
    setup_venv: ModuleType, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(setup_venv.sys, "platform", "linux")
    monkeypatch.setattr(setup_venv.platform, "machine", lambda: "x86_64")
    found = []
    for libc in (("glibc", "2.35"), ("glibc", "2.4"), ("glibc", "2.34"), ("", "")):
        monkeypatch.setattr(setup_venv.platform, "libc_ver", lambda libc=libc: libc)
        found.append(setup_venv.has_diagram_wheels())
    monkeypatch.setattr(setup_venv.platform, "libc_ver", lambda: ("glibc", "2.39"))
    monkeypatch.setattr(setup_venv.platform, "machine", lambda: "aarch64")

    assert found == [True, False, False, False]
    assert not setup_venv.has_diagram_wheels()
