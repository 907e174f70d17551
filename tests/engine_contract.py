"""What every engine must do. Each engine's tests subclass ``EngineContract``.

A subclass gives the fixture ``engine`` (a fresh one per test or one for all: no test leaves a live
request behind) and the attributes below.
"""

import shutil
import time

import pytest

from app.engine.errors import ErrorKind
from app.engine.protocol import (
    Failed,
    Finished,
    GenerateRequest,
    Piece,
    Progress,
    PromptPart,
    SamplingParams,
)

GREEDY = SamplingParams(temperature=0)


def run(engine, *requests, limit_s=250):
    """Step until every request has ended; the events of each, by id."""
    events = {request.id: [] for request in requests}
    for request in requests:
        engine.submit(request)
    deadline = time.monotonic() + limit_s
    while not all(found and isinstance(found[-1], Finished | Failed) for found in events.values()):
        assert time.monotonic() < deadline, "an engine request did not end"
        for event in engine.step():
            events[event.request_id].append(event)
    return events


def text_of(events):
    return "".join(event.text for event in events if isinstance(event, Piece))


class EngineContract:
    """Facts about any engine."""

    prompt: tuple[PromptPart, ...] = (PromptPart("Say something about doors."),)
    keeps_no_states = ""  # why; every other engine has the fixture ``reopen``
    min_tokens = 24  # the greedy answer to ``prompt`` has at least so many
    is_sampled = True  # the text depends on temperature and seed

    def request(self, id_="a", **changes):
        settings = {"sampling": GREEDY, "max_tokens": 16} | changes
        return GenerateRequest(id_, settings.pop("prompt", self.prompt), **settings)

    def answer(self, engine, **changes):
        return run(engine, self.request(**changes))["a"]

    def test_the_last_event_is_finished_and_the_only_one_of_its_kind(self, engine):
        events = self.answer(engine)

        ends = [event for event in events if isinstance(event, Finished | Failed)]
        assert len(ends) == 1
        assert isinstance(events[-1], Finished)

    def test_progress_grows_to_the_whole_prompt(self, engine):
        progress = [event for event in self.answer(engine) if isinstance(event, Progress)]

        done = [event.done for event in progress]
        assert done == sorted(done)
        assert progress[-1].done == progress[-1].total > 0
        assert all(0 <= event.cached <= event.done for event in progress)

    def test_pieces_are_never_empty_and_count_all_tokens(self, engine):
        events = self.answer(engine)

        pieces = [event for event in events if isinstance(event, Piece)]
        assert pieces
        assert all(piece.text for piece in pieces)
        assert sum(piece.token_count for piece in pieces) == events[-1].usage.completion_tokens

    def test_max_tokens_ends_an_answer_with_length(self, engine):
        last = self.answer(engine, max_tokens=5)[-1]

        assert last.reason == "length"
        assert last.usage.completion_tokens == 5

    def test_usage_counts_the_prompt(self, engine):
        events = self.answer(engine)

        total = next(event.total for event in events if isinstance(event, Progress))
        assert events[-1].usage.prompt_tokens == total

    def test_a_greedy_answer_repeats(self, engine):
        assert text_of(self.answer(engine)) == text_of(self.answer(engine))

    def test_a_seed_repeats_an_answer(self, engine):
        sampling = SamplingParams(temperature=1.0, seed=7)

        first = text_of(self.answer(engine, sampling=sampling))
        second = text_of(self.answer(engine, sampling=sampling))

        assert first == second

    def test_seeds_differ(self, engine):
        if not self.is_sampled:
            pytest.skip("this engine does not sample")

        answers = {
            text_of(self.answer(engine, sampling=SamplingParams(temperature=1.5, seed=seed)))
            for seed in range(4)
        }

        assert len(answers) > 1

    def test_a_stop_string_ends_the_answer_and_is_not_part_of_it(self, engine):
        whole = text_of(self.answer(engine))
        stop = whole[len(whole) // 2 : len(whole) // 2 + 3]

        events = self.answer(engine, stop=(stop,))

        assert text_of(events) == whole[: whole.index(stop)]
        assert events[-1].reason == "stop"

    def test_a_stop_string_that_does_not_come_changes_nothing(self, engine):
        whole = text_of(self.answer(engine))

        assert text_of(self.answer(engine, stop=(whole[-1:] + "\x00never",))) == whole

    def test_cancel_takes_effect_within_one_step(self, engine):
        engine.submit(self.request(max_tokens=self.min_tokens))
        events = []
        while not any(isinstance(event, Piece) for event in events):
            events += engine.step()

        engine.cancel("a")
        after = engine.step()

        assert isinstance(after[-1], Finished)
        assert after[-1].reason == "cancelled"
        assert engine.step() == []

    def test_a_request_can_be_cancelled_before_it_begins(self, engine):
        engine.submit(self.request())
        engine.cancel("a")

        assert [type(event) for event in engine.step()] == [Finished]

    def test_cancelling_an_unknown_request_is_ignored(self, engine):
        engine.cancel("nobody")

        assert engine.step() == []

    def test_two_requests_both_finish_with_their_own_text(self, engine):
        alone = text_of(self.answer(engine))

        events = run(engine, self.request("a"), self.request("b"))

        assert text_of(events["a"]) == text_of(events["b"]) == alone

    def test_cancelling_one_request_leaves_the_other(self, engine):
        alone = text_of(self.answer(engine))
        engine.submit(self.request("other"))
        engine.cancel("other")

        events = []
        engine.submit(self.request("a"))
        while not any(isinstance(e, Finished) and e.request_id == "a" for e in events):
            events += engine.step()

        assert text_of(e for e in events if e.request_id == "a") == alone

    def test_an_idle_engine_has_nothing_to_tell(self, engine):
        assert engine.step() == []

    def test_a_prompt_longer_than_the_context_fails_with_both_numbers(self, engine):
        words = PromptPart("word " * (engine.info.context_length + 10))

        last = self.answer(engine, prompt=(words,))[-1]

        assert isinstance(last, Failed)
        assert last.error.kind is ErrorKind.CONTEXT_OVERFLOW
        assert last.error.context["context_length"] == engine.info.context_length
        assert last.error.context["prompt_tokens"] > engine.info.context_length

    def test_an_empty_prompt_fails_with_words(self, engine):
        last = self.answer(engine, prompt=(PromptPart(""),))[-1]

        assert isinstance(last, Failed)
        assert last.error.message

    def test_after_a_failure_the_next_request_is_answered(self, engine):
        alone = text_of(self.answer(engine))
        self.answer(engine, prompt=(PromptPart(""),))

        assert text_of(self.answer(engine)) == alone

    def test_no_text_has_no_tokens(self, engine):
        assert engine.count_tokens("") == 0

    def test_more_text_has_more_tokens(self, engine):
        assert 0 < engine.count_tokens("door") < engine.count_tokens("door " * 50)

    def test_a_prompt_is_counted_as_it_is_used(self, engine):
        prompt = (PromptPart("<|im_start|>user\n", special=True), PromptPart("A <|im_end|> door"))

        usage = self.answer(engine, prompt=prompt, max_tokens=1)[-1].usage

        assert engine.count_prompt(prompt) == usage.prompt_tokens

    @pytest.mark.parametrize("text", ["你好，世界", "👩‍👩‍👧‍👦", "\x00", "a\ud800b", "\n" * 100])
    def test_any_text_can_be_a_prompt(self, engine, text):
        last = self.answer(engine, prompt=(*self.prompt, PromptPart(text)), max_tokens=2)[-1]

        assert isinstance(last, Finished)

    def test_the_model_says_what_it_is(self, engine):
        info = engine.info

        assert info.name
        assert info.architecture
        assert info.engine
        assert info.context_length > 0

    @pytest.mark.parametrize("count", [0, 3])
    def test_every_token_has_its_log_probability_when_asked_for(self, engine, count):
        pieces = [e for e in self.answer(engine, top_logprobs=count) if isinstance(e, Piece)]

        told = [one for piece in pieces for one in piece.logprobs]
        assert all(len(piece.logprobs) == piece.token_count for piece in pieces)
        assert all(len(one.top) == count for one in told)
        assert all(one.chosen.logprob <= 0 for one in told)
        assert all(
            [other.logprob for other in one.top]
            == sorted((other.logprob for other in one.top), reverse=True)
            for one in told
        )

    def test_log_probabilities_do_not_change_the_text(self, engine):
        assert text_of(self.answer(engine, top_logprobs=2)) == text_of(self.answer(engine))

    def test_a_greedy_token_is_the_likeliest_one(self, engine):
        pieces = [e for e in self.answer(engine, top_logprobs=1) if isinstance(e, Piece)]

        assert all(one.chosen == one.top[0] for piece in pieces for one in piece.logprobs)

    def test_penalties_do_not_change_log_probabilities(self, engine):
        """They are of the raw logits: of the first token, whatever is then chosen."""
        changed = SamplingParams(temperature=2.0, repetition_penalty=3.0, seed=1)

        plain = self.answer(engine, top_logprobs=3, max_tokens=1)
        penalised = self.answer(engine, top_logprobs=3, max_tokens=1, sampling=changed)

        assert _first_top(plain) == pytest.approx(_first_top(penalised), abs=0.1)

    def test_log_probabilities_are_told_only_when_asked_for(self, engine):
        pieces = [e for e in self.answer(engine) if isinstance(e, Piece)]

        assert all(piece.logprobs == () for piece in pieces)

    def test_peak_memory_is_told(self, engine):
        assert self.answer(engine)[-1].peak_memory_bytes > 1_000_000

    def test_without_drafts_there_is_a_reason(self, engine):
        drafts = self.answer(engine)[-1].drafts

        assert drafts is None or drafts.depth > 0 or drafts.reason or not any(drafts.drafted)

    def test_a_session_does_not_change_the_text(self, engine):
        alone = text_of(self.answer(engine))

        assert text_of(self.answer(engine, session="mine")) == alone

    def test_a_kept_state_is_used_by_any_request_after_a_restart(self, reopen, tmp_path):
        first = reopen(tmp_path)
        kept = self.answer(first, prompt=self.kept_prompt, keep_as="a-book")
        assert any(path.is_file() for path in (tmp_path / "a-book").rglob("*"))
        first.close()

        again = reopen(tmp_path)
        prompt = (*self.kept_prompt, PromptPart(" And then?"))
        other = self.answer(again, prompt=prompt)[-1].usage
        same = self.answer(again, prompt=self.kept_prompt)
        marked = again.count_prompt(self.kept_prompt[:1])
        again.close()

        # The last token before a mark may reach over it.
        assert other.cached_tokens >= marked - 2
        assert text_of(same) == text_of(kept)

    def test_a_kept_state_may_be_deleted_at_any_time(self, reopen, tmp_path):
        engine = reopen(tmp_path)
        kept = self.answer(engine, prompt=self.kept_prompt, keep_as="a-book")

        shutil.rmtree(tmp_path / "a-book")
        again = self.answer(engine, prompt=self.kept_prompt)
        shutil.rmtree(tmp_path)
        engine.close()
        engine = reopen(tmp_path)
        after = self.answer(engine, prompt=self.kept_prompt, keep_as="a-book")
        engine.close()

        assert text_of(kept) == text_of(again) == text_of(after)
        assert any(path.is_file() for path in (tmp_path / "a-book").rglob("*"))

    def test_a_new_state_takes_the_place_of_the_one_of_that_name(self, reopen, tmp_path):
        engine = reopen(tmp_path)
        self.answer(engine, prompt=self.kept_prompt, keep_as="a-book", max_tokens=1)
        once = _bytes_below(tmp_path)

        for number in range(3):
            opening = PromptPart(f"{number}. {self.kept_prompt[0].text}", checkpoint=True)
            self.answer(engine, prompt=(opening,), keep_as="a-book", max_tokens=1)
        engine.close()

        assert _bytes_below(tmp_path) < 1.5 * once

    @property
    def kept_prompt(self):
        words = "The hinge of the third door was mended with brass in the spring. " * 6
        return (PromptPart(words.strip(), checkpoint=True), PromptPart(" What happened?"))

    @pytest.fixture
    def reopen(self):
        """Opens the engine with a folder for states that requests ask to keep."""
        if not self.keeps_no_states:
            pytest.fail("a subclass of the contract must say how its engine is opened again")
        pytest.skip(self.keeps_no_states)


def _first_top(events):
    piece = next((event for event in events if isinstance(event, Piece)), None)
    return [one.logprob for one in piece.logprobs[0].top] if piece else []


def _bytes_below(folder):
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
