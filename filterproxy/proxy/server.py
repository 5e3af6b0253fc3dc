"""mitmproxy embedded: one proxy on loopback, with its own configuration directory and CA."""

import asyncio
import contextlib
import os
import threading
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import platformdirs
from mitmproxy.options import Options
from mitmproxy.tools.dump import DumpMaster

from filterproxy.errors import SettingsError
from filterproxy.proxy.activity import Activity
from filterproxy.proxy.addon import FilterAddon
from filterproxy.proxy.log import reported_log
from filterproxy.proxy.messages import Forgetful
from filterproxy.proxy.recorded import Recorded, replay_options
from filterproxy.proxy.recorder import Recorder
from filterproxy.proxy.scope import Reach, Scope
from filterproxy.proxy.upstreams import Upstreams
from filterproxy.proxy.watching import PATIENCE, watching
from filterproxy.report.events import EventSink, Fanout
from filterproxy.report.statistics import Statistics
from filterproxy.rewriter import Rewriter
from filterproxy.ruleset.model import Ruleset
from filterproxy.settings import Settings

CA_FILE = "mitmproxy-ca-cert.pem"
CA_KEY = "mitmproxy-ca.pem"


def default_confdir() -> Path:
    """Where the CA is kept: the platform's configuration directory, `filterproxy/`."""
    return platformdirs.user_config_path("filterproxy", appauthor=False)


@dataclass(frozen=True, slots=True)
class ProxyConfig:
    """What a proxy is to be.

    Attributes:
        ruleset: the rules to begin with.
        host, port: where it listens; port 0: any free one.
        confdir: its configuration directory, made 0700 where it is not there.
        reach: which hosts are read.
        settings: limits, workers, categories that are off.
        record: a flow file for original answers.
        keep_secrets: record cookies, authorization, tokens in URLs and bodies of requests as they are;
            else they are scrubbed.
        append: record after what the file holds.
        replay: a flow file that has the answers, in the place of every server: none is connected to, and
            every host is read, whatever `reach` says. What it has not is 404.
        lazy: connect to a server when something is asked of it, not when the client connects: then it is
            an answer (502) that says why a server can't be reached.
        activity: is told of what is under way.
        watch: rule files and directories whose changes are taken up while it runs.
        upstreams: host to loopback address, in place of the host's own; for the demonstration and tests.
        upstream_ca: certificates (PEM) to verify upstreams with, in place of the usual ones; likewise.
    """

    ruleset: Ruleset
    host: str = "127.0.0.1"
    port: int = 8080
    confdir: Path = field(default_factory=default_confdir)
    reach: Reach = Reach.RULES
    settings: Settings = field(default_factory=Settings)
    record: Path | None = None
    keep_secrets: bool = False
    append: bool = False
    replay: Path | None = None
    lazy: bool = False
    activity: Activity | None = None
    watch: tuple[Path, ...] = ()
    upstreams: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    upstream_ca: Path | None = None


@dataclass(frozen=True, slots=True)
class RunningProxy:
    """A proxy that listens.

    Attributes:
        address: where.
        authority: its CA's certificate (PEM), for clients to trust.
        rewriter: the rules in force, and the workers.
        statistics: counts of everything that happened.
        addon: what mitmproxy calls.
        recorder: writes the recording, if any.
    """

    address: tuple[str, int]
    authority: Path
    rewriter: Rewriter
    statistics: Statistics
    addon: FilterAddon
    recorder: Recorder | None


@contextlib.asynccontextmanager
async def serving(config: ProxyConfig, sinks: Sequence[EventSink] = ()) -> AsyncIterator[RunningProxy]:
    """Run a proxy in this event loop while the context is open. One a process: mitmproxy's own limit.

    Raises:
        SettingsError: the port is taken, a directory or file can't be made.
    """
    _make_confdir(config.confdir)
    statistics = Statistics()
    sink = Fanout([statistics, *sinks])
    with contextlib.ExitStack() as stack:
        rewriter = stack.enter_context(Rewriter(config.ruleset, config.settings))
        recorder = None if config.record is None else _recorder(config, config.record, sink)
        if recorder is not None:
            stack.callback(recorder.close)
        scope = Scope(config.reach if config.replay is None else Reach.ALL, rewriter.has_rules)
        deadline = config.settings.limits.deadline
        addon = FilterAddon(rewriter, scope, sink, recorder, deadline)
        async with _master(config, addon, sink) as address, _watching(config, rewriter, sink):
            await asyncio.to_thread(rewriter.wait_ready, PATIENCE)
            yield RunningProxy(address, config.confdir / CA_FILE, rewriter, statistics, addon, recorder)


@contextlib.contextmanager
def running_proxy(config: ProxyConfig, sinks: Sequence[EventSink] = ()) -> Iterator[RunningProxy]:
    """As `serving`, in an event loop of its own on another thread."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="filterproxy", daemon=True)
    thread.start()
    context = serving(config, sinks)
    try:
        running = asyncio.run_coroutine_threadsafe(context.__aenter__(), loop).result()
        try:
            yield running
        finally:
            asyncio.run_coroutine_threadsafe(context.__aexit__(None, None, None), loop).result()
    finally:
        asyncio.run_coroutine_threadsafe(_end_tasks(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _end_tasks() -> None:
    """Cancel what connections left over, so that the loop can be closed."""
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


@contextlib.asynccontextmanager
async def _master(config: ProxyConfig, addon: FilterAddon, sink: EventSink) -> AsyncIterator[tuple[str, int]]:
    """mitmproxy, listening; gives the address."""
    options = Options(listen_host=config.host, listen_port=config.port, confdir=str(config.confdir))
    master = DumpMaster(options, loop=asyncio.get_running_loop(), with_termlog=False, with_dumper=False)
    errorcheck = master.addons.get("errorcheck")
    errorcheck.finish()
    master.addons.remove(errorcheck)  # it would end the process on any error
    master.addons.add(addon, Forgetful())
    if config.activity is not None:
        master.addons.add(config.activity)
    if config.upstreams or config.replay is not None:
        master.addons.add(Upstreams(config.upstreams if config.replay is None else {}))
    if config.lazy:
        options.update(connection_strategy="lazy")
    # a body that grows past what can be rewritten is streamed on; it is not cut off
    options.update(stream_large_bodies=str(config.settings.limits.decoded))
    options.update(onboarding=False)  # mitm.it: any web site could call it
    if config.upstream_ca is not None:
        options.update(ssl_verify_upstream_trusted_ca=str(config.upstream_ca))
    if config.replay is not None:
        _replay(master, config.replay, sink)
    with reported_log(sink) as log:
        task = asyncio.create_task(master.run())
        try:
            address = await _listening(master, task, config)
            log.muted = False
            yield address
        finally:
            master.shutdown()
            await asyncio.wait([task])
            await master.addons.get("proxyserver").servers.update([])


def _replay(master: DumpMaster, path: Path, sink: EventSink) -> None:
    """Have mitmproxy answer from a flow file."""
    replay_options(master.options)
    try:
        master.addons.add(Recorded(master.addons.get("serverplayback"), path, sink))
    except OSError as error:
        raise SettingsError(f"can't replay {path}: {error.strerror or error}") from error


async def _listening(master: DumpMaster, task: asyncio.Task[None], config: ProxyConfig) -> tuple[str, int]:
    """The address, once there is one and the CA is made."""
    server = master.addons.get("proxyserver")
    while not task.done():
        failed = [instance.last_exception for instance in server.servers if instance.last_exception]
        if failed:
            raise SettingsError(f"can't listen on {config.host}:{config.port}: {_why(failed[0])}")
        if (addresses := server.listen_addrs()) and (config.confdir / CA_FILE).exists() and server.is_running:
            host, port, *_ = addresses[0]
            return str(host), int(port)
        await asyncio.sleep(0.005)
    raise SettingsError(f"the proxy ended before it listened: {task.exception()}")


def _why(error: BaseException) -> str:
    """The system's words for it, without mitmproxy's advice on its own options."""
    return os.strerror(error.errno) if isinstance(error, OSError) and error.errno else str(error)


@contextlib.asynccontextmanager
async def _watching(config: ProxyConfig, rewriter: Rewriter, sink: EventSink) -> AsyncIterator[None]:
    """Take up changed rules while the context is open."""
    task = watching(config.watch, rewriter, sink) if config.watch else None
    try:
        yield
    finally:
        if task is not None:
            task.cancel()
            await asyncio.wait([task])


def _make_confdir(confdir: Path) -> None:
    """Make the directory, for its owner alone; one that holds other things than a CA keeps its rights."""
    key = confdir / CA_KEY
    try:
        confdir.mkdir(mode=0o700, parents=True, exist_ok=True)
        if key.exists() or not any(confdir.iterdir()) or confdir == default_confdir():
            confdir.chmod(0o700)
        exposed = os.name == "posix" and key.exists() and key.stat().st_mode & 0o077
    except OSError as error:
        raise SettingsError(f"can't use the configuration directory {confdir}: {error}") from error
    if exposed:
        raise SettingsError(
            f"others can read the CA's private key: chmod 600 {key}, or delete it and have a new CA made"
        )


def _recorder(config: ProxyConfig, path: Path, sink: EventSink) -> Recorder:
    try:
        limit, append = config.settings.limits.decoded, config.append
        return Recorder(path, limit, sink, keep_secrets=config.keep_secrets, append=append)
    except OSError as error:
        raise SettingsError(f"can't record to {path}: {error}") from error
