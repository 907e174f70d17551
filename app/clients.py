"""How each coding agent is told of the endpoint: which file, and what in it. Pure functions."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomlkit
import tomlkit.exceptions

from app.errors import AppError, ErrorKind

NAME = "doorstep"  # of the provider, in every client


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What a client must know."""

    address: str  # without /v1
    key: str
    model: str
    context_length: int  # tokens


@dataclass(frozen=True, slots=True)
class Client:
    """A program that can use the endpoint.

    ``file`` is relative to the home folder; ``change`` turns its text, empty for a missing file,
    into the new one. Without a file it is set up by hand: ``entered`` is what, ``how`` says where.
    """

    title: str
    file: str = ""
    change: Callable[[str, Endpoint], str] | None = None
    how: str = ""
    entered: str = ""


def _claude_code(text: str, endpoint: Endpoint) -> str:
    settings = _json(text)
    _child(settings, "env").update(
        ANTHROPIC_BASE_URL=endpoint.address,
        ANTHROPIC_AUTH_TOKEN=endpoint.key,
        ANTHROPIC_MODEL=endpoint.model,
        ANTHROPIC_DEFAULT_HAIKU_MODEL=endpoint.model,
        # It takes unknown models to have a million tokens and would never compact in time.
        CLAUDE_CODE_MAX_CONTEXT_TOKENS=str(endpoint.context_length),
        # A line at the head of every prompt that differs per session and spoils the prefix.
        CLAUDE_CODE_ATTRIBUTION_HEADER="0",
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC="1",
    )
    return _written(settings)


def _opencode(text: str, endpoint: Endpoint) -> str:
    settings = _json(text)
    limit = {"context": endpoint.context_length, "output": min(8192, endpoint.context_length // 2)}
    _child(settings, "provider")[NAME] = {
        "npm": "@ai-sdk/openai-compatible",
        "name": "Doorstep",
        "options": {"baseURL": f"{endpoint.address}/v1", "apiKey": endpoint.key},
        "models": {endpoint.model: {"reasoning": True, "tool_call": True, "limit": limit}},
    }
    settings["model"] = settings["small_model"] = f"{NAME}/{endpoint.model}"
    return _written(settings)


def _openclaw(text: str, endpoint: Endpoint) -> str:
    settings = _json(text)
    model = {
        "id": endpoint.model,
        "name": endpoint.model,
        "contextWindow": endpoint.context_length,
        "maxTokens": min(8192, endpoint.context_length // 2),
    }
    _child(settings, "models", "providers")[NAME] = {
        "baseUrl": f"{endpoint.address}/v1",
        "apiKey": endpoint.key,
        "api": "openai-completions",
        "models": [model],
    }
    _child(settings, "agents", "defaults", "model")["primary"] = f"{NAME}/{endpoint.model}"
    return _written(settings)


def _codex(text: str, endpoint: Endpoint) -> str:
    try:
        settings = tomlkit.parse(text)
    except tomlkit.exceptions.TOMLKitError as error:
        raise _unreadable("TOML") from error
    settings["model"] = endpoint.model
    settings["model_provider"] = NAME
    settings["model_context_window"] = endpoint.context_length
    provider = tomlkit.table()
    provider.update(
        {
            "name": "Doorstep",
            "base_url": f"{endpoint.address}/v1",
            "wire_api": "responses",
            "http_headers": {"Authorization": f"Bearer {endpoint.key}"},
        }
    )
    providers = settings.setdefault("model_providers", tomlkit.table(is_super_table=True))
    providers[NAME] = provider
    return tomlkit.dumps(settings)


_IN_SETTINGS = "In its settings choose the provider OpenAI Compatible, and enter this."
_IN_FIELDS = (
    "Base URL: {address}/v1\nAPI key: {key}\nModel: {model}\nContext: {context_length} tokens"
)

CLIENTS = {
    "claude-code": Client("Claude Code", ".claude/settings.json", _claude_code),
    "codex": Client("Codex", ".codex/config.toml", _codex),
    "opencode": Client("opencode", ".config/opencode/opencode.json", _opencode),
    "openclaw": Client("OpenClaw", ".openclaw/openclaw.json", _openclaw),
    "aider": Client(
        "Aider",
        how="Enter the first lines in a terminal. The last goes into ~/.aider.model.metadata.json, "
        "so that it knows how much the model can read.",
        entered="export OPENAI_API_BASE={address}/v1\nexport OPENAI_API_KEY={key}\n"
        "aider --model openai/{model}\n\n"
        '{{"openai/{model}": {{"max_input_tokens": {context_length}}}}}',
    ),
    "continue": Client(
        "Continue",
        how="Enter this in ~/.continue/config.yaml, under models.",
        entered="  - name: Doorstep\n    provider: openai\n    model: {model}\n"
        "    apiBase: {address}/v1\n    apiKey: {key}\n"
        "    defaultCompletionOptions:\n      contextLength: {context_length}",
    ),
    "cline": Client("Cline", how=_IN_SETTINGS, entered=_IN_FIELDS),
    "roo": Client("Roo Code", how=_IN_SETTINGS, entered=_IN_FIELDS),
}


def entered(client: Client, endpoint: Endpoint) -> str:
    """What a user enters by hand, where ``client.how`` says."""
    return client.entered.format(
        address=endpoint.address,
        key=endpoint.key,
        model=endpoint.model,
        context_length=endpoint.context_length,
    )


def config_path(client: Client, home: Path) -> Path:
    return home / client.file


def _json(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text) if text.strip() else {}
    except ValueError as error:
        raise _unreadable("JSON") from error
    if not isinstance(found, dict):
        raise _unreadable("JSON")
    return found


def _child(settings: dict[str, Any], *names: str) -> dict[str, Any]:
    """The object at that path, made where it is missing or something else."""
    for name in names:
        if not isinstance(settings.get(name), dict):
            settings[name] = {}
        settings = settings[name]
    return settings


def _written(settings: dict[str, Any]) -> str:
    return json.dumps(settings, indent=2, ensure_ascii=False) + "\n"


def _unreadable(form: str) -> AppError:
    return AppError(
        ErrorKind.BAD_REQUEST,
        "The client's own settings cannot be read",
        f"The file is not plain {form}, so it is left alone. Use --print and add what it says "
        "by hand.",
    )
