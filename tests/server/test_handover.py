"""What other threads give reaches the loop whole and in order, with few wake-ups."""

import asyncio
import threading

from app.server.handover import Handover

COUNT = 5000


def test_nothing_is_lost_or_reordered_between_threads_and_loop():
    async def run():
        handover, ended = Handover(), asyncio.Event()
        taken = {number: [] for number in range(4)}

        def take(value):
            taken[value[0]].append(value[1])
            if all(len(values) == COUNT for values in taken.values()):
                ended.set()

        def give(number):
            for value in range(COUNT):
                handover.give(take, (number, value))

        threads = [threading.Thread(target=give, args=(number,)) for number in taken]
        for thread in threads:
            thread.start()
        async with asyncio.timeout(20):
            await ended.wait()
        for thread in threads:
            thread.join()
        return taken

    taken = asyncio.run(run())

    assert all(values == list(range(COUNT)) for values in taken.values())


def test_what_comes_at_once_wakes_the_loop_once():
    async def run():
        handover, taken, woken = Handover(), [], []
        loop = asyncio.get_running_loop()
        wake = loop.call_soon_threadsafe
        loop.call_soon_threadsafe = lambda *call: (woken.append(1), wake(*call))
        for value in range(100):
            handover.give(taken.append, value)
        while len(taken) < 100:
            await asyncio.sleep(0)
        return taken, len(woken)

    assert asyncio.run(run()) == (list(range(100)), 1)


def test_what_is_given_to_a_closed_loop_is_forgotten():
    async def make():
        return Handover()

    handover = asyncio.run(make())

    handover.give(print, "nobody hears it")
