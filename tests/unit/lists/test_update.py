"""Lists fetched from a real server: asked conditionally, checked, the last good text kept."""

import datetime as dt
import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from filterproxy.lists.cache import ListCache
from filterproxy.lists.download import Marks, check_address, fetch
from filterproxy.lists.faults import ListError
from filterproxy.lists.known import KNOWN, name_for
from filterproxy.lists.refresh import Refreshed, refresh
from filterproxy.lists.store import ListStore, Subscription
from filterproxy.lists.text import DEFAULT_EXPIRES, LONGEST_EXPIRES, SHORTEST_EXPIRES, expires, fault, title
from filterproxy.lists.update import RETRY, What, due, update, update_due
from filterproxy.ruleset.model import Category
from tests.support.server import Origin, Request, message, running_origin

TEXT = "! Title: 我们的表\n! Expires: 2 days\n##.ad\n" + "||a.example^\n" * 1000


@pytest.fixture
def origin(tmp_path: Path) -> Iterator[Origin]:
    with running_origin(["localhost"], tmp_path) as running:
        yield running


@pytest.fixture
def store(tmp_path: Path) -> ListStore:
    return ListStore(tmp_path / "lists")


def subscribed(store: ListStore, origin: Origin) -> Subscription:
    found = Subscription("ours", f"http://127.0.0.1:{origin.port}/list.txt", Category.AD)
    store.add(found)
    return found


def serve(origin: Origin, text: str | bytes, *fields: tuple[str, str], status: str = "200 OK") -> None:
    origin.serve("/list.txt", message(text, *fields, status=status, content_type="text/plain"))


def tagged(request: Request) -> bytes:
    """A server that knows its list's tag."""
    if request.headers.get("if-none-match") == '"v1"':
        return message(status="304 Not Modified", content_type=None)
    return message(TEXT, ("ETag", '"v1"'), ("Last-Modified", "Tue, 01 Sep 2026 08:00:00 GMT"))


def test_fetched_once_and_then_asked_for_conditionally(store: ListStore, origin: Origin) -> None:
    item = subscribed(store, origin)
    origin.serve("/list.txt", tagged)
    assert update(store, item).what is What.NEW
    assert store.text_path("ours").read_text("utf-8") == TEXT
    before = store.state("ours")
    assert update(store, item).what is What.UNCHANGED
    first, second = origin.asked("/list.txt")
    assert "if-none-match" not in first.headers
    assert second.headers["if-none-match"] == '"v1"'
    assert second.headers["if-modified-since"] == "Tue, 01 Sep 2026 08:00:00 GMT"
    after = store.state("ours")
    assert after.checked is not None
    assert before.checked is not None
    assert after.checked > before.checked
    assert (after.sha256, after.expires) == (before.sha256, dt.timedelta(days=2))
    assert update(store, item, force=True).what is What.UNCHANGED
    assert "if-none-match" not in origin.asked("/list.txt")[-1].headers


def test_a_text_that_was_tampered_with_is_asked_for_whole(store: ListStore, origin: Origin) -> None:
    item = subscribed(store, origin)
    origin.serve("/list.txt", tagged)
    update(store, item)
    store.text_path("ours").write_text("##.other", "utf-8")
    assert update(store, item).what is What.NEW
    assert "if-none-match" not in origin.asked("/list.txt")[-1].headers
    assert store.text_path("ours").read_text("utf-8") == TEXT


@pytest.mark.parametrize(
    ("body", "status", "problem"),
    [
        ("", "200 OK", "empty"),
        ("\n<!DOCTYPE html><title>登录</title>", "200 OK", "web page"),
        ("##.ad", "200 OK", "shrank"),
        ("gone", "404 Not Found", "404"),
        ("busy", "503 Service Unavailable", "503"),
        (b"\0\1\2" * 9000, "200 OK", "not text"),
    ],
)
def test_the_last_good_text_is_kept(
    store: ListStore, origin: Origin, body: str | bytes, status: str, problem: str
) -> None:
    item = subscribed(store, origin)
    serve(origin, TEXT)
    update(store, item)
    serve(origin, body, status=status)
    outcome = update(store, item)
    assert outcome.what is What.KEPT
    assert problem in outcome.detail
    assert problem in store.state("ours").problem
    assert store.text_path("ours").read_text("utf-8") == TEXT
    serve(origin, TEXT + "||b.example^")
    assert update(store, item).what is What.NEW
    assert store.state("ours").problem == ""


def test_a_download_that_breaks_off(store: ListStore, origin: Origin) -> None:
    item = subscribed(store, origin)
    raw = TEXT.encode()
    origin.serve("/list.txt", lambda _: iter([message(raw[:9000], length=len(raw))]))
    assert update(store, item).what is What.FAILED
    assert not store.text_path("ours").exists()


def test_a_shrunk_list_is_taken_when_forced(store: ListStore, origin: Origin) -> None:
    item = subscribed(store, origin)
    serve(origin, TEXT)
    update(store, item)
    serve(origin, "##.ad")
    assert update(store, item, force=True).what is What.NEW


def test_packed_by_gzip(store: ListStore, origin: Origin) -> None:
    item = subscribed(store, origin)
    serve(origin, gzip.compress(TEXT.encode()), ("Content-Encoding", "gzip"))
    assert update(store, item).what is What.NEW
    assert store.text_path("ours").read_text("utf-8") == TEXT
    assert origin.asked("/list.txt")[0].headers["accept-encoding"] == "gzip"


def test_a_packed_bomb_is_not_unpacked(origin: Origin) -> None:
    serve(origin, gzip.compress(bytes(40 << 20)), ("Content-Encoding", "gzip"))
    with pytest.raises(ListError, match="larger than 32 MB"):
        fetch(f"http://127.0.0.1:{origin.port}/list.txt", Marks())


def test_redirects_lead_nowhere_that_is_not_safe(origin: Origin) -> None:
    address = f"http://127.0.0.1:{origin.port}/list.txt"
    serve(origin, "", ("Location", "http://lists.example/x.txt"), status="302 Found")
    with pytest.raises(ListError, match="only https"):
        fetch(address, Marks())
    origin.serve("/other.txt", message(TEXT, content_type="text/plain"))
    serve(origin, "", ("Location", "/other.txt"), status="302 Found")
    assert fetch(address, Marks()).data == TEXT.encode()


@pytest.mark.parametrize(
    "address", ["http://lists.example/x", "ftp://lists.example/x", "https://", "http://["]
)
def test_addresses_that_anybody_could_answer_for(address: str) -> None:
    with pytest.raises(ListError):
        check_address(address)


def test_due_when_its_time_is_over(store: ListStore, origin: Origin) -> None:
    item = subscribed(store, origin)
    assert due(store) == (item,)
    serve(origin, TEXT)
    assert [outcome.what for outcome in update_due(store)] == [What.NEW]
    assert due(store) == ()
    now = dt.datetime.now(tz=dt.UTC)
    assert due(store, now + dt.timedelta(hours=47)) == ()
    assert due(store, now + dt.timedelta(hours=49)) == (item,)
    assert due(store, now - dt.timedelta(days=400)) == (item,)  # the clock was wrong


def test_after_a_failure_it_is_tried_again_in_an_hour(store: ListStore, origin: Origin) -> None:
    item = subscribed(store, origin)
    serve(origin, TEXT)
    update(store, item)
    serve(origin, "", status="500 Oh No")
    assert update(store, item).what is What.KEPT
    later = dt.datetime.now(tz=dt.UTC) + dt.timedelta(days=3)
    assert due(store, later) == (item,)
    now = dt.datetime.now(tz=dt.UTC)
    assert due(store, now) == ()
    assert due(store, now + RETRY) == ()  # its two days are not over


def test_a_file_is_a_list_too(store: ListStore, tmp_path: Path) -> None:
    path = tmp_path / "my list.txt"
    path.write_text(TEXT, "utf-8")
    for name, address in (("plain", str(path)), ("url", path.as_uri())):
        item = Subscription(name, address, Category.AD)
        store.add(item)
        assert update(store, item).what is What.NEW
    path.unlink()
    outcome = update(store, item)
    assert outcome.what is What.KEPT
    assert "No such file" in outcome.detail


def test_the_store_remembers_and_forgets(store: ListStore, origin: Origin) -> None:
    item = subscribed(store, origin)
    serve(origin, TEXT)
    update(store, item)
    assert ListStore(store.folder).subscriptions() == (item,)
    with pytest.raises(ListError, match="there is a list of this name"):
        store.add(item)
    store.remove("ours")
    assert [path.name for path in store.folder.iterdir()] == ["subscriptions.json"]
    with pytest.raises(ListError, match="no list of this name"):
        store.remove("ours")
    (store.folder / "subscriptions.json").write_text('{"lists": [{"name": "../x"}]}', "utf-8")
    with pytest.raises(ListError, match="cannot be read"):
        store.subscriptions()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("! Expires: 4 days (update frequency)", dt.timedelta(days=4)),
        ("! Expires: 12 hours", dt.timedelta(hours=12)),
        ("! Expires: 6h", dt.timedelta(hours=6)),
        ("# Expires: 1 day", dt.timedelta(days=1)),
        ("! Expires: 5 minutes", SHORTEST_EXPIRES),
        ("! Expires: 0", SHORTEST_EXPIRES),
        ("! Expires: 400 days", LONGEST_EXPIRES),
        ("! Expires: soon", DEFAULT_EXPIRES),
        ("||Expires: 1 day^", DEFAULT_EXPIRES),
    ],
)
def test_when_a_list_expires(line: str, expected: dt.timedelta) -> None:
    assert expires(f"[Adblock Plus 2.0]\n{line}\n##.ad\n".encode()) == expected


def test_what_a_list_says_of_itself() -> None:
    assert title(TEXT.encode()) == "我们的表"
    assert title(b"##.ad") == ""
    assert fault(TEXT.encode()) == ""
    assert name_for("https://a.example/dir/My_List.txt?x=1") == "my-list"
    assert all(known.url.startswith("https://") for known in KNOWN.values())


def test_a_proxy_refreshes_what_changed(store: ListStore, origin: Origin, tmp_path: Path) -> None:
    cache = ListCache(store, tmp_path / "cache")
    assert refresh(cache, None) == Refreshed(())
    item = subscribed(store, origin)
    serve(origin, TEXT)
    first = refresh(cache, None)
    assert [outcome.what for outcome in first.outcomes] == [What.NEW]
    assert first.lists is not None
    assert refresh(cache, first.lists.digest) == Refreshed(())
    serve(origin, TEXT + "##.more")
    update(store, item)  # as by `filterproxy lists update`
    second = refresh(cache, first.lists.digest)
    assert second.lists is not None
    assert second.lists.digest != first.lists.digest
    (store.folder / "subscriptions.json").write_text("[]", "utf-8")
    assert "cannot be read" in refresh(cache, second.lists.digest).problem


def test_secrets_of_an_address_are_not_shown() -> None:
    with pytest.raises(ListError, match=r"^http://lists.example/x.txt: only https"):
        check_address("http://me:word@lists.example/x.txt?key=secret")
