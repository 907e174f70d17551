"""What the inspector keeps, and that it keeps nothing while it is off."""

import pytest

from app.chat.messages import Message
from app.chat.turn import TurnRequest
from app.engine.protocol import SamplingParams
from app.server.control import EndpointControl
from app.server.inspector import MAX_RECORDS, Inspector
from app.server.prefix_miss import prefix_miss, shared_length
from tests.patience import until
from tests.server.conftest import KEY, ask, client_of

CHAT = "/v1/chat/completions"


@pytest.fixture
def watched(engine):
    control = EndpointControl(engine, 0, KEY)
    control.inspector.switch(True)
    control.start()
    yield control
    control.stop()


def request():
    return TurnRequest((Message.of("user", "Hi"),), SamplingParams())


def test_nothing_is_kept_while_it_is_off(control, client):
    client.post(CHAT, json=ask("Hello"))

    assert not control.inspector.is_on
    assert control.inspector.records() == ()


def test_switching_off_forgets_everything(watched):
    with client_of(watched) as client:
        client.post(CHAT, json=ask("Hello"))
    (record,) = watched.inspector.records()

    watched.inspector.switch(False)

    assert watched.inspector.records() == ()
    assert watched.inspector.prompt(record.id) is None


def test_a_request_is_kept_with_client_route_and_figures(watched):
    with client_of(watched) as client:
        headers = {"User-Agent": "some-agent/1.0"}
        usage = client.post(CHAT, json=ask("Hello"), headers=headers).json()["usage"]

    (record,) = watched.inspector.records()
    assert (record.origin.protocol, record.origin.client) == (CHAT, "some-agent/1.0")
    assert (record.state, record.finish_reason) == ("finished", "stop")
    assert record.prompt_tokens == record.new_tokens == usage["prompt_tokens"]
    assert record.completion_tokens == 6
    assert 0 <= record.waited_s <= record.total_s
    assert "Hello" in watched.inspector.prompt(record.id)
    assert record.miss is None


def test_the_first_difference_from_the_prompt_before_is_told(watched):
    with client_of(watched) as client:
        for words in ("One and the same, then this", "One and the same, then that"):
            client.post(CHAT, json=ask(words))

    first, second = watched.inspector.records()
    assert second.miss.earlier_id == first.id
    assert second.miss.before.endswith("One and the same, then th")
    assert second.miss.was.startswith("is")
    assert second.miss.now.startswith("at")


def test_a_prompt_that_goes_on_from_an_earlier_one_misses_nothing(watched):
    with client_of(watched) as client:
        body = ask("Hello")
        answer = client.post(CHAT, json=body).json()["choices"][0]["message"]
        more = [*body["messages"], answer, {"role": "user", "content": "Go on"}]
        client.post(CHAT, json=body | {"messages": more})

    assert watched.inspector.records()[1].miss is None


def test_failures_and_leaving_are_seen(watched, engine):
    with client_of(watched) as client:
        client.post(CHAT, json=ask("fail later"))
        client.post(CHAT, json=ask("word " * 600))
        with client.stream("POST", CHAT, json=ask("count for long", stream=True)) as response:
            next(response.iter_lines())

    until(lambda: [r.state for r in watched.inspector.records()] == ["failed", "failed", "left"])
    assert all(record.error for record in watched.inspector.records()[:2])


def test_only_the_last_requests_are_kept():
    inspector = Inspector()
    inspector.switch(True)
    for _ in range(MAX_RECORDS + 5):
        inspector.begin(request()).read_prompt("x")

    kept = [record.id for record in inspector.records()]
    assert kept == list(range(6, MAX_RECORDS + 6))
    assert inspector.prompt(5) is None


def test_changes_are_told_until_nobody_listens():
    inspector, heard = Inspector(), []
    inspector.switch(True)
    stop = inspector.subscribe(heard.append)
    inspector.begin(request()).leave()

    stop()
    inspector.begin(request())

    assert [record.state for record in heard] == ["waiting", "left"]


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [("", "", 0), ("abc", "abc", 3), ("abc", "abd", 2), ("abc", "ab", 2), ("x", "y", 0)],
)
def test_the_shared_beginning_is_found(one, other, shared):
    assert shared_length(one, other) == shared


def test_the_most_similar_prompt_is_compared():
    miss = prefix_miss("abcdX", [(1, "abcdY"), (2, "abZ")])

    assert (miss.earlier_id, miss.shared, miss.was, miss.now) == (1, 4, "Y", "X")
