"""Drives real coding agents, headless, against ``doorstep serve`` with the scripted engine.

usage: python -m tests.end_to_end.agents.run_agents FOLDER [agent ...]
       FOLDER is the one that install_agents.sh filled.

Each agent gets a fresh home and a fresh git repository and is asked to create a file with its shell
tool. It passes when it exits with 0 and the file is there: then the whole tool loop worked. All of
them run twice, the second time against the same server.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.end_to_end.serving import Served, served

SCRIPT = Path(__file__).with_name("script.json")
MODEL = "scripted-step"
PROMPT = (
    "Create the file agent_out.txt containing the word hello, using your shell tool. Then say done."
)
CONTEXT = 131072  # tokens
LIMIT_S = 120
ROUNDS = 2


@dataclass(frozen=True)
class Agent:
    """How to start an agent: its files are relative to its home."""

    name: str
    command: list[str]
    environment: dict[str, str]
    files: dict[str, str] = field(default_factory=dict)


def agents(folder: Path, endpoint: Served) -> list[Agent]:
    return [
        _claude_code(folder, endpoint),
        _codex(folder, endpoint),
        _codex_oss(folder, endpoint),
        _opencode(folder, endpoint),
    ]


def run(agent: Agent, node: Path, root: Path) -> tuple[bool, str]:
    """Whether the agent did its work, and a line about it. Its output is in ``root``."""
    home, work = root / "home", root / "work"
    for directory in (home, work):
        directory.mkdir()
    for relative, text in agent.files.items():
        (home / relative).parent.mkdir(parents=True, exist_ok=True)
        (home / relative).write_text(text)
    _make_repository(work)
    started = time.monotonic()
    code = _run(agent, node, root)
    is_passed = code == 0 and (work / "agent_out.txt").exists()
    seconds = time.monotonic() - started
    return (
        is_passed,
        f"{'PASS' if is_passed else 'FAIL'} {agent.name:12} exit={code} {seconds:.1f} s",
    )


def main() -> int:
    folder, *names = sys.argv[1:]
    installed = Path(folder).resolve()
    node = installed / "node24/node_modules/node/bin"
    failures = 0
    with served("--engine", f"scripted:{SCRIPT}") as endpoint:
        for number in range(1, ROUNDS + 1):
            print(f"round {number}", flush=True)
            for agent in agents(installed, endpoint):
                if names and agent.name not in names:
                    continue
                root = Path(tempfile.mkdtemp(prefix=f"agent-{agent.name}-"))
                is_passed, line = run(agent, node, root)
                failures += not is_passed
                print(line if is_passed else f"{line}  output: {root / 'output'}", flush=True)
    return 1 if failures else 0


def _claude_code(folder: Path, endpoint: Served) -> Agent:
    claude = folder / "claude/node_modules/.bin/claude"
    options = ["--dangerously-skip-permissions", "--output-format", "json"]
    environment = {
        "ANTHROPIC_BASE_URL": endpoint.base,
        "ANTHROPIC_AUTH_TOKEN": endpoint.key,
        "ANTHROPIC_MODEL": MODEL,
        "ANTHROPIC_DEFAULT_HAIKU_MODEL": MODEL,
        "CLAUDE_CODE_MAX_CONTEXT_TOKENS": str(CONTEXT),
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
        "IS_SANDBOX": "1",  # lets root skip the permission questions
    }
    return Agent("claude-code", [str(claude), "-p", PROMPT, *options], environment)


_CODEX_OPTIONS = (
    "--skip-git-repo-check",
    "--dangerously-bypass-approvals-and-sandbox",
    "--json",
)


def _codex(folder: Path, endpoint: Served) -> Agent:
    config = (
        f'model = "{MODEL}"\nmodel_provider = "local"\nmodel_context_window = {CONTEXT}\n'
        f'[model_providers.local]\nname = "local"\nbase_url = "{endpoint.base}/v1"\n'
        'env_key = "LOCAL_KEY"\nwire_api = "responses"\n'
    )
    command = [str(folder / "codex/node_modules/.bin/codex"), "exec", *_CODEX_OPTIONS, PROMPT]
    files = {".codex/config.toml": config}
    return Agent("codex", command, {"LOCAL_KEY": endpoint.key}, files)


def _codex_oss(folder: Path, endpoint: Served) -> Agent:
    """Knows no key, so it is in the address."""
    codex = str(folder / "codex/node_modules/.bin/codex")
    provider = ["--oss", "--local-provider", "lmstudio", "-m", MODEL]
    address = endpoint.base.replace("://", f"://doorstep:{endpoint.key}@")
    environment = {"CODEX_OSS_BASE_URL": f"{address}/v1"}
    return Agent("codex-oss", [codex, "exec", *provider, *_CODEX_OPTIONS, PROMPT], environment)


def _opencode(folder: Path, endpoint: Served) -> Agent:
    model = {
        "name": MODEL,
        "reasoning": True,
        "tool_call": True,
        "limit": {"context": CONTEXT, "output": 8192},
    }
    provider = {
        "npm": "@ai-sdk/openai-compatible",
        "name": "Local",
        "options": {"baseURL": f"{endpoint.base}/v1", "apiKey": endpoint.key},
        "models": {MODEL: model},
    }
    config = {
        "autoupdate": False,
        "share": "disabled",
        "model": f"local/{MODEL}",
        "small_model": f"local/{MODEL}",
        "permission": {"*": "allow"},
        "provider": {"local": provider},
    }
    opencode = str(folder / "opencode/node_modules/.bin/opencode")
    environment = {"OPENCODE_DISABLE_AUTOUPDATE": "1", "OPENCODE_DISABLE_MODELS_FETCH": "1"}
    files = {".config/opencode/opencode.json": json.dumps(config)}
    return Agent("opencode", [opencode, "run", "--format", "json", PROMPT], environment, files)


def _make_repository(work: Path) -> None:
    (work / "README.md").write_text("# demo\n")
    identity = ["-c", "user.email=a@example.org", "-c", "user.name=a"]
    for command in (["init", "-q", "."], ["add", "-A"], [*identity, "commit", "-qm", "start"]):
        subprocess.run(["git", *command], cwd=work, check=True)


def _run(agent: Agent, node: Path, root: Path) -> int | str:
    environment = {
        "PATH": f"{node}:{os.environ['PATH']}",
        "HOME": str(root / "home"),
        "LANG": "C.UTF-8",
        "TERM": "dumb",
    }
    with (root / "output").open("w") as output:
        process = subprocess.Popen(
            agent.command,
            cwd=root / "work",
            env=environment | agent.environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            return process.wait(LIMIT_S)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            return "timeout"


if __name__ == "__main__":
    sys.exit(main())
