"""The engine runs in the worker process, behind the client the app uses."""

import queue

from app.engine.client import EngineClient
from app.engine.launch import MachineChoices, WorkerSpec
from app.engine.protocol import EngineOptions, Finished, GenerateRequest, Piece
from tests.engine_mlx.running import CODE, GREEDY, answer, as_parts, open_nano


def test_an_answer_comes_through_the_worker_as_it_is_computed(nano_folder, tmp_path):
    spec = WorkerSpec("engine_mlx", nano_folder, EngineOptions(context_length=600))
    client = EngineClient(spec, MachineChoices(tmp_path / "choices.json"))
    events = queue.Queue()
    client.start()
    try:
        info = client.wait_ready(60)
        client.submit(GenerateRequest("a", as_parts(CODE[0]), GREEDY, max_tokens=30), events.put)
        text = ""
        while not isinstance(event := events.get(timeout=60), Finished):
            text += event.text if isinstance(event, Piece) else ""
        counted = client.count_tokens("hello there")
    finally:
        client.close()

    engine = open_nano(nano_folder, 0)
    (tokens,) = answer(engine, CODE[:1], max_tokens=30)
    assert info.mtp_depth == 3
    assert text == b"".join(map(engine._tokenizer.bytes_of, tokens)).decode()
    assert counted == engine.count_tokens("hello there")
