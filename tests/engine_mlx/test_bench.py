"""The bench measures each prompt length and prints it for people and machines."""

import json

from engine_mlx.bench import as_table, bench, estimate
from tests.engine_mlx.running import open_nano
from tests.engine_mlx.test_estimate import STEP


def test_every_prompt_length_that_fits_becomes_a_row(nano_folder):
    engine = open_nano(nano_folder, None, context_length=400)

    rows = bench(engine, sizes=(0, 200, 2048), decode_tokens=24)

    assert len(rows) == 2
    assert abs(rows[1].prompt_tokens - 200) < 40
    assert all(row.prefill_rate > 0 and row.decode_rate > 0 for row in rows)
    assert len(as_table(rows).splitlines()) == 4
    assert json.loads(json.dumps(rows[1].as_json()))["decode_tokens"] == rows[1].decode_tokens


def test_the_estimate_of_the_real_model_shows_memory_and_speed():
    lines = estimate(STEP, 546).splitlines()

    assert lines[0] == "weights at 4 bits: 112.2 GB, 3 MTP heads included"
    assert "|  262144 | 12.96 |" in lines[-1]
