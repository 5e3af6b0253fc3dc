"""`filterproxy new --from`: the page that a rule file is drafted from, wherever it comes from."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urldefrag, urlsplit

import click

from filterproxy.classify.address import page_url
from filterproxy.classify.hostname import normalise
from filterproxy.cli.files import read_page
from filterproxy.cli.own_address import is_plain, own_address
from filterproxy.decide.site_index import covers
from filterproxy.draft.make import SourcePage
from filterproxy.errors import RecordingError, SettingsError
from filterproxy.recordings.entry import Entry, Problem
from filterproxy.recordings.recording import Recording, open_recording
from filterproxy.recordings.replayer import is_page
from filterproxy.rewrite.content_coding import decode
from filterproxy.settings import Limits

_WRONG = 400  # RFC 9110, 15: from here on the status says that the page is not there


@dataclass(frozen=True, slots=True)
class Taken:
    """The page, and what is to be said of where it came from."""

    page: SourcePage
    recording: Path | None = None
    said: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for: `origin` is a file, a recording or a URL; `site` None: the page's host."""

    origin: str
    site: str | None
    url: str | None
    record: Path | None


def take_page(wish: Wish) -> Taken:
    """The page to draft from.

    Raises:
        click.ClickException: there is none, and why.
    """
    if wish.url is not None and not is_plain(wish.url):
        raise click.BadParameter(f"{wish.url!r} cannot be written in a rule file", param_hint="--url")
    if wish.origin.startswith(("http://", "https://")):
        if wish.url is not None:
            raise click.UsageError("--url is for --from FILE: a URL says itself where it leads")
        return _fetched(wish)
    path = Path(wish.origin)
    try:
        recording = open_recording(path)
    except RecordingError as error:
        if not path.is_file():
            raise click.ClickException(str(error)) from error
        return _saved(path, wish)
    if wish.record is not None:
        raise click.UsageError("--record is for a page that is not in a recording yet")
    return _recorded(recording, wish)


def _saved(path: Path, wish: Wish) -> Taken:
    body = read_page(path)
    url = None if wish.url is None else urldefrag(wish.url).url
    url = url or own_address(body)
    said = "" if wish.url else f"the page says that it is {url}"
    if url is None or not _is_of(url, wish.site):
        if wish.site is None:
            raise click.UsageError("the page does not say its address: say --url, or SITE")
        url = f"https://{wish.site}/"
        said = f"the page's address is not known: it counts as {url} (--url says otherwise)"
    if wish.record is None:
        return Taken(SourcePage(body, url), None, said)
    _keep(wish.record, url, body)
    return Taken(SourcePage(body, url), wish.record, said)


def _keep(file: Path, url: str, body: bytes) -> None:
    from filterproxy.recordings.flows import write  # noqa: PLC0415 - mitmproxy is slow to import

    if file.exists():
        raise click.ClickException(f"{file} is there already: --record wants a new file")
    entry = Entry(str(file), url, "GET", 200, [], [(b"content-type", b"text/html")], body)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        write(file, [entry])
    except (OSError, RecordingError) as error:
        raise click.ClickException(f"{file} cannot be written: {error}") from error


def _recorded(recording: Recording, wish: Wish) -> Taken:
    """A page of a recording: the one asked for, else the first of the site that came as one."""
    found = [entry for entry in _pages(recording) if _is_meant(entry, wish)]
    if not found:
        wanted = wish.url or (f"of {wish.site}" if wish.site else "")
        raise click.ClickException(f"{recording.path}: {' '.join(f'no page {wanted} in it'.split())}")
    page = _page(found[0])
    more = len({entry.url for entry in found} - {page.url})
    noun = "page" if more == 1 else "pages"
    said = f"{more} more {noun} of the site in {recording.path}: --url picks another" if more else ""
    return Taken(page, recording.path, said)


def _pages(recording: Recording) -> Iterator[Entry]:
    for entry in recording.entries():
        if isinstance(entry, Problem):
            click.echo(str(entry), err=True)
        elif entry.body and is_page(entry):
            yield entry


def _is_meant(entry: Entry, wish: Wish) -> bool:
    if wish.url is not None:
        return entry.url == urldefrag(wish.url).url
    return is_plain(entry.url) and _is_of(entry.url, wish.site)


def _is_of(url: str, site: str | None) -> bool:
    return site is None or covers(site, host_of(url))


def host_of(url: str) -> str:
    """The host of a URL as rules have it; empty where it has none."""
    return normalise(urlsplit(url).hostname or "") or ""


def _page(entry: Entry) -> SourcePage:
    fields = {name.lower(): value.decode("latin-1") for name, value in entry.response}
    body = decode(entry.body or b"", fields.get(b"content-encoding"), Limits()).body
    if body is None:
        raise click.ClickException(f"{entry.place}: its content coding cannot be decoded")
    return SourcePage(body, entry.url, fields.get(b"content-type"))


def _fetched(wish: Wish) -> Taken:
    """Fetch it as `record` does, into the file of --record or one that is thrown away."""
    try:
        url = page_url(urldefrag(wish.origin).url)
    except ValueError as error:
        raise click.BadParameter(f"{wish.origin!r}: {error}", param_hint="--from") from error
    if wish.record is not None and wish.record.exists():
        raise click.ClickException(f"{wish.record} is there already: --record wants a new file")
    with _file(wish.record) as file:
        at = _visit(url, file)
        recording = open_recording(file)
        taken = _recorded(recording, Wish(wish.origin, None, at, None))
        return Taken(taken.page, wish.record, "" if at == url else f"{url} led to {at}")


@contextmanager
def _file(record: Path | None) -> Iterator[Path]:
    if record is not None:
        try:
            record.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise click.ClickException(f"{record} cannot be written: {error.strerror}") from error
        yield record
        return
    with tempfile.TemporaryDirectory(prefix="filterproxy-new-") as folder:
        yield Path(folder) / "page.mitm"


def _visit(url: str, file: Path) -> str:
    """Where the page was found, now recorded in the file."""
    from filterproxy.cli.record_plan import Plan  # noqa: PLC0415 - mitmproxy is slow to import
    from filterproxy.cli.record_run import recorded  # noqa: PLC0415 - the same
    from filterproxy.cli.record_text import Report  # noqa: PLC0415 - the same

    plan = Plan(file, False, False, (), 30.0, 30.0, False, False, None, None)  # noqa: FBT003 - options' values
    report = Report(file, plan, as_json=True)
    try:
        with recorded(plan, report) as visits:
            (visit,) = visits([url])
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
    if visit.problem or visit.status >= _WRONG:
        file.unlink(missing_ok=True)
        why = visit.problem or f"answered with {visit.status}"
        raise click.ClickException(f"{url}: {why}")
    return visit.at or url
