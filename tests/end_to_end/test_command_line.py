"""The command line as a user meets it: real processes, the real starter model, real mistakes."""

import contextlib
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import openai
import psutil
import pytest

from tests.patience import PATIENCE_S, is_soon_enough, until

DATA = Path(__file__).parent.parent / "data"
QUESTION = "What is the capital of France? Answer in one sentence."
SCRIPT = {
    "context_length": 4096,
    "replies": [
        {"when": "long", "text": "word " * 5000, "tokens_per_second": 200},
        {"text": "a scripted answer"},
    ],
}
ENVIRONMENT = {
    **os.environ,
    "DOORSTEP_API_KEY": "ds-end-to-end",
    "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
}


def command(*arguments):
    return [sys.executable, "-m", "app", *map(str, arguments)]


def doorstep(folder, *arguments, **environment):
    return subprocess.run(
        command("--data-dir", folder, *arguments),
        capture_output=True,
        text=True,
        timeout=100,
        env=ENVIRONMENT | environment,
    )


@pytest.fixture
def script(tmp_path):
    path = tmp_path / "script.json"
    path.write_text(json.dumps(SCRIPT), encoding="utf-8")
    return f"scripted:{path}"


@contextlib.contextmanager
def serving(folder, *arguments, environment=ENVIRONMENT):
    """A running ``doorstep serve``: the process and its address."""
    process = subprocess.Popen(
        command("serve", "--port", 0, "--data-dir", folder, *arguments),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )
    with process:
        try:
            line = process.stdout.readline()
            assert line.startswith("listening on http://127.0.0.1:"), process.stderr.read()
            yield process, line.removeprefix("listening on ").strip()
        finally:
            process.terminate()
            process.wait(PATIENCE_S)


def client(address):
    return openai.OpenAI(base_url=address, api_key="ds-end-to-end", max_retries=0)


def health(address):
    return httpx.get(address.removesuffix("/v1") + "/health", timeout=PATIENCE_S).json()


def assert_one_sentence(result, *words):
    """Not a success, not a traceback: one line that says what happened and what to do."""
    assert result.returncode != 0
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    lines = [line for line in result.stderr.splitlines() if line.startswith("doorstep: ")]
    assert len(lines) == 1, result.stderr
    for word in words:
        assert word in lines[0]


def test_ask_prints_an_answer_of_the_starter_model_and_repeats_it(tmp_path):
    answers = [doorstep(tmp_path, "ask", QUESTION, "--temperature", 0) for _ in range(2)]

    assert [answer.returncode for answer in answers] == [0, 0]
    assert "Paris" in answers[0].stdout
    assert answers[0].stdout == answers[1].stdout
    assert "Loading the model" in answers[0].stderr


def test_options_may_stand_before_or_after_the_command(tmp_path, script):
    before = doorstep(tmp_path, "--engine", script, "ask", "hello")
    after = doorstep(tmp_path, "ask", "--engine", script, "hello", "--max-tokens", 9)

    assert before.stdout == after.stdout == "a scripted answer\n"


def test_a_length_limit_cuts_the_answer(tmp_path, script):
    assert doorstep(tmp_path, "ask", "hi", "--engine", script, "--max-tokens", 2).stdout == (
        "a scripted\n"
    )


def test_a_reader_that_leaves_ends_ask_quietly(tmp_path, script):
    process = subprocess.Popen(
        command("--data-dir", tmp_path, "ask", "long", "--engine", script),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT,
    )
    with process:
        process.stdout.read(4)
        process.stdout.close()
        error = process.stderr.read()

    assert process.returncode == 0
    assert "Traceback" not in error
    assert "BrokenPipe" not in error


def test_the_openai_client_gets_the_same_answer_streamed_and_whole(tmp_path):
    asked = {
        "model": "any",
        "temperature": 0,
        "messages": [{"role": "user", "content": QUESTION}],
    }
    with serving(tmp_path) as (_, address), client(address) as ai:
        whole = ai.chat.completions.create(**asked)
        streamed = ""
        for chunk in ai.chat.completions.create(**asked, stream=True):
            streamed += chunk.choices[0].delta.content or "" if chunk.choices else ""

    assert "Paris" in whole.choices[0].message.content
    assert streamed == whole.choices[0].message.content
    assert whole.usage.completion_tokens > 0


def test_leaving_a_stream_stops_the_real_engine_within_a_token(tmp_path):
    with serving(tmp_path) as (_, address), client(address) as ai:
        stream = ai.chat.completions.create(
            model="any",
            messages=[{"role": "user", "content": "Count from one to ten thousand."}],
            stream=True,
            temperature=0,
        )
        for _, chunk in zip(range(5), stream, strict=False):
            assert chunk.choices
        stream.close()
        until(lambda: not health(address)["engine"]["requests_running"])
        found = health(address)["engine"]
        time.sleep(0.5)  # time in which more could come

        assert health(address)["engine"]["tokens_generated"] == found["tokens_generated"]


def test_serve_ends_on_sigterm_and_leaves_no_child(tmp_path, script):
    def is_in_time():
        with serving(tmp_path, "--engine", script) as (process, address):
            children = psutil.Process(process.pid).children(recursive=True)
            with client(address) as ai:
                stream = ai.chat.completions.create(
                    model="any", messages=[{"role": "user", "content": "long"}], stream=True
                )
                next(iter(stream))

                started = time.monotonic()
                process.send_signal(signal.SIGTERM)
                assert process.wait(PATIENCE_S) == 0
                took_s = time.monotonic() - started

            assert children
            assert psutil.wait_procs(children, PATIENCE_S)[1] == []
            assert process.stdout.read() == ""
        return took_s < 5

    assert is_soon_enough(is_in_time)


def test_serve_killed_with_9_leaves_no_worker(tmp_path, script):
    with serving(tmp_path, "--engine", script) as (process, _):
        children = psutil.Process(process.pid).children(recursive=True)

        process.kill()

        assert psutil.wait_procs(children, PATIENCE_S)[1] == []


def test_without_a_keyring_the_key_is_printed_once_to_stderr(tmp_path, script):
    environment = {k: v for k, v in ENVIRONMENT.items() if k != "DOORSTEP_API_KEY"}
    with serving(tmp_path, "--engine", script, environment=environment) as (process, address):
        process.terminate()
        lines = process.stderr.read().splitlines()

    keys = [line for line in lines if "API key for this run: ds-" in line]
    assert len(keys) == 1
    stored = "".join(
        path.read_text(errors="replace") for path in tmp_path.rglob("*") if path.is_file()
    )
    assert keys[0].split(": ")[1] not in stored
    assert address


def test_a_text_file_called_gguf_is_named_as_no_model(tmp_path):
    path = tmp_path / "letter.gguf"
    path.write_text("Dear model")

    assert_one_sentence(doorstep(tmp_path, "ask", "x", "--model", path), "not a GGUF file")


def test_an_empty_file_is_called_empty(tmp_path):
    path = tmp_path / "empty.gguf"
    path.touch()

    assert_one_sentence(doorstep(tmp_path, "ask", "x", "--model", path), "the file is empty")


def test_a_truncated_model_is_called_cut_off(tmp_path):
    path = tmp_path / "cut.gguf"
    path.write_bytes((DATA / "nano-step-q8_0.gguf").read_bytes()[:3_000_000])

    assert_one_sentence(doorstep(tmp_path, "ask", "x", "--model", path), "cut off or damaged")


def test_a_missing_model_is_called_missing(tmp_path):
    result = doorstep(tmp_path, "ask", "x", "--model", tmp_path / "nowhere.gguf")

    assert_one_sentence(result, "no model called", "--model starter")


def test_a_folder_is_called_a_folder(tmp_path):
    (tmp_path / "some").mkdir()

    result = doorstep(tmp_path, "ask", "x", "--model", tmp_path / "some")

    assert_one_sentence(result, "folder is not a model")


def test_an_unknown_architecture_is_named(tmp_path):
    data = (DATA / "nano-step-q8_0.gguf").read_bytes()
    size = struct.pack("<Q", 6)
    path = tmp_path / "new.gguf"
    path.write_bytes(data.replace(size + b"step35", size + b"mystar", 1))

    assert_one_sentence(doorstep(tmp_path, "ask", "x", "--model", path), "mystar")


def test_a_port_in_use_is_named(tmp_path, script):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        result = doorstep(tmp_path, "serve", "--engine", script, "--port", port)

    assert_one_sentence(result, f"Port {port} is in use")


def test_an_unusable_data_folder_is_named(tmp_path):
    (tmp_path / "file").touch()

    result = doorstep(tmp_path / "file" / "data", "ask", "x")

    assert_one_sentence(result, "data folder", "--data-dir")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("ask",), "QUESTION"),
        (("ask", "  "), "empty"),
        (("ask", "x", "--engine", "steam"), "no engine called"),
        (("ask", "x", "--engine", "scripted:/nowhere.json"), "No such script"),
        (("ask", "x", "--temperature", "-3"), "temperature"),
        (("ask", "x", "--max-tokens", "many"), "number of tokens"),
        (("serve", "--port", "99999"), "65535"),
        (("dance",), "dance"),
    ],
)
def test_a_mistake_on_the_command_line_is_one_sentence(tmp_path, arguments, words):
    assert_one_sentence(doorstep(tmp_path, *arguments), words)


def test_a_length_without_a_token_is_refused_before_a_model_is_loaded(tmp_path, script):
    result = doorstep(tmp_path, "ask", "x", "--max-tokens", "0", "--engine", script)

    assert_one_sentence(result, "number of tokens from 1")
    assert "Loading" not in result.stderr


def test_a_question_longer_than_the_context_says_both_numbers(tmp_path, script):
    result = doorstep(tmp_path, "ask", "word " * 9000, "--engine", script)

    assert_one_sentence(result, "too long", "4,096")


@pytest.mark.skipif(sys.platform == "win32", reason="no socket files")
def test_requests_are_followed_from_another_process(tmp_path, script):
    with serving(tmp_path, "--engine", script) as (_, address):
        watching = subprocess.Popen(
            command("requests", "--follow", "--data-dir", tmp_path),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=ENVIRONMENT,
        )
        with watching:
            watching.stderr.readline()
            with client(address) as ai, ThreadPoolExecutor(1) as pool:
                first_line = pool.submit(watching.stdout.readline)
                while not first_line.done():  # it may be taken in after a request has passed
                    messages = [{"role": "user", "content": "unsayable"}]
                    ai.chat.completions.create(model="any", messages=messages)
                line = first_line.result()
            watching.terminate()

    assert "/v1/chat/completions" in line
    assert "key environment" in line
    assert "unsayable" not in line


def test_requests_without_an_endpoint_say_so(tmp_path):
    assert_one_sentence(doorstep(tmp_path, "requests"), "No endpoint runs")


def test_the_network_is_not_let_in_without_a_key(tmp_path, script):
    result = doorstep(tmp_path, "serve", "--lan", "--no-key", "--engine", script, "--port", 0)

    assert_one_sentence(result, "The network needs a key")
