"""Heights of many rows: where one begins, and which one is at a height, in O(log n)."""

from collections.abc import Sequence
from operator import add


class Heights:
    """A Fenwick tree of heights in pixels."""

    def __init__(self, heights: Sequence[int] = ()) -> None:
        self._heights = list(heights)
        self._tree = tree = [0, *heights]
        # Each node is added to the one that its lowest bit leads to: all of one bit at once.
        bit = 1
        while bit < len(tree):
            tree[2 * bit :: 2 * bit] = map(add, tree[2 * bit :: 2 * bit], tree[bit :: 2 * bit])
            bit *= 2
        self.total = sum(heights)

    def __len__(self) -> int:
        return len(self._heights)

    def __getitem__(self, index: int) -> int:
        return self._heights[index]

    def append(self, height: int) -> None:
        self._heights.append(height)
        index = len(self._heights)
        node, child = height, 1
        while child < index & -index:
            node += self._tree[index - child]
            child <<= 1
        self._tree.append(node)
        self.total += height

    def pop(self) -> None:
        """Forget the last one."""
        self.total -= self._heights.pop()
        self._tree.pop()

    def set(self, index: int, height: int) -> None:
        change = height - self._heights[index]
        if not change:
            return
        self._heights[index] = height
        self.total += change
        node = index + 1
        while node < len(self._tree):
            self._tree[node] += change
            node += node & -node

    def top(self, index: int) -> int:
        """How high everything before ``index`` is together."""
        result = 0
        while index > 0:
            result += self._tree[index]
            index -= index & -index
        return result

    def find(self, y: int) -> int:
        """The row that covers ``y``; the first or the last for a ``y`` outside."""
        index, step = 0, 1 << len(self._heights).bit_length()
        while step:
            after = index + step
            if after < len(self._tree) and self._tree[after] <= y:
                index, y = after, y - self._tree[after]
            step >>= 1
        return max(0, min(index, len(self._heights) - 1))
