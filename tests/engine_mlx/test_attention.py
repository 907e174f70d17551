"""Attention in few operations, as a CPU does it, mixes the same values as mlx's kernel."""

import mlx.core as mx
import numpy as np
import pytest

from engine_mlx.attention import attend, band

TOLERANCE = 2e-6  # values of about 1 in fp32, added in another order


@pytest.mark.parametrize("window", [0, 16, 100], ids=["all", "window", "window not full"])
@pytest.mark.parametrize("length", [1, 2, 4, 32])
@pytest.mark.parametrize(("heads", "groups"), [(6, 2), (8, 2), (4, 4)])
def test_few_operations_mix_what_the_kernel_mixes(heads, groups, length, window):
    total = 15 + length if window == 16 else 70
    queries, keys, values = arrays(heads, groups, length, total)

    mixed = attend(queries, keys, values, window)

    mask = band(length, total, window)
    expected = mx.fast.scaled_dot_product_attention(
        queries, keys, values, scale=32**-0.5, mask=mask
    )
    np.testing.assert_allclose(np.array(mixed), np.array(expected), atol=TOLERANCE)


def test_a_query_sees_itself_and_what_the_window_holds_before_it():
    seen = np.array(band(2, 5, 3)).astype(int).tolist()

    assert seen == [[0, 1, 1, 1, 0], [0, 0, 1, 1, 1]]


def test_without_a_window_a_query_sees_all_before_it():
    seen = np.array(band(2, 4)).astype(int).tolist()

    assert seen == [[1, 1, 1, 0], [1, 1, 1, 1]]


def arrays(heads, groups, length, total):
    """Queries (1, H, L, 32), keys and values (1, G, total, 32)."""
    random = np.random.default_rng(7)
    sizes = [(heads, length), (groups, total), (groups, total)]
    return [mx.array(random.normal(size=(1, *size, 32)).astype(np.float32)) for size in sizes]
