"""`filterproxy ca`: the proxy's certificate authority, and who trusts it on this machine."""

import datetime as dt
import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, NoReturn

import click

from filterproxy.errors import SettingsError
from filterproxy.report.redact import printable
from filterproxy.setup.authority import (
    Authority,
    common_name,
    default_folder,
    delete_authority,
    ensure_authority,
    fingerprint,
    read_authority,
    validity,
)
from filterproxy.setup.machine import (
    Change,
    Looked,
    install_changes,
    look,
    machine_stores,
    of_kind,
    remove_changes,
)
from filterproxy.setup.steps import StepError

confdir_option = click.option(
    "--confdir",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Where the certificate authority is kept, if not in the usual place.",
)


def _change_options(command: Callable[..., None]) -> Callable[..., None]:
    dry = click.option("--dry-run", is_flag=True, help="Only say what would be changed.")
    yes = click.option("--yes", is_flag=True, help="Don't ask.")
    return confdir_option(dry(yes(command)))


@click.group()
def ca() -> None:
    """Show, install or remove the proxy's certificate authority (CA).

    The proxy reads HTTPS pages only in browsers that trust its CA. The CA's key is made on this machine, for
    this machine. `filterproxy browser` needs no CA to be installed.
    """


@ca.command(
    epilog="""\b
Examples:
  filterproxy ca show
  filterproxy ca show --json"""
)
@confdir_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def show(confdir: Path | None, as_json: bool) -> None:
    """Say where the CA lies, its fingerprint, how long it holds, and which stores trust it.

    It is made where there is none yet. The exit code is 0 also when nobody trusts it.
    """
    authority = _authority(confdir)
    looked = look(machine_stores(), authority)
    if as_json:
        print(json.dumps(_as_data(authority, looked), ensure_ascii=False, indent=2))
        return
    certificate = authority.certificate
    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    invalid = validity(certificate, dt.datetime.now(dt.UTC))
    print(f"CA           {printable(authority.name)}")
    print(f"certificate  {authority.file}")
    print(f"key          {authority.key_file}")
    print(f"SHA-256      {fingerprint(certificate)}")
    print(f"valid        {begins:%Y-%m-%d} to {ends:%Y-%m-%d}" + (f"  ({invalid})" if invalid else ""))
    for one in looked:
        print(f"{_state(one, authority):<12} {one.store.name}  {one.store.place}")
        if one.trouble:
            print(f"{'':<12} {printable(one.trouble)}")
        for held in one.held:
            if held.certificate != authority.certificate:
                print(f"{'':<12} and an earlier CA: {printable(common_name(held.certificate))}")


@ca.command(
    epilog="""\b
Examples:
  filterproxy ca install
  filterproxy ca install --dry-run
  filterproxy ca install --system --yes"""
)
@click.option("--user", "reach", flag_value="user", default=True,
              help="Your own browsers' stores alone (the default); no rights are needed.")  # fmt: skip
@click.option("--system", "reach", flag_value="system",
              help="The store of the whole system as well. Asks for the administrator's rights.")  # fmt: skip
@_change_options
def install(confdir: Path | None, reach: str, dry_run: bool, yes: bool) -> None:
    """Have this machine's browsers trust the CA: Chromium's and Firefox's stores, or the system's.

    It says beforehand what it will change and asks once. `filterproxy ca remove` undoes all of it. Browsers
    that run have to be started anew. The exit code is 1 when a store could not be changed.
    """
    authority = _authority(confdir)
    stores = machine_stores()
    chosen = stores if reach == "system" else of_kind(stores, system=False)
    if not chosen:
        print("no store of yours was found on this machine; see --system", file=sys.stderr)
        sys.exit(1)
    changes = install_changes(look(chosen, authority), authority)
    if not changes:
        print(f"{authority.name} is trusted already, by {_number(len(chosen), 'store')}")
        return
    _carry_out(changes, dry_run=dry_run, yes=yes)
    if not dry_run:
        _verify(changes, authority)


@ca.command(
    epilog="""\b
Examples:
  filterproxy ca remove
  filterproxy ca remove --delete-key --yes"""
)
@click.option(
    "--delete-key", is_flag=True, help="Delete the CA itself as well; a new one is made when it is needed."
)
@_change_options
def remove(confdir: Path | None, delete_key: bool, dry_run: bool, yes: bool) -> None:
    """Take the CA out of every store of this machine, and earlier CAs of filterproxy too.

    Databases that `install` made go as well, unless something else was put into them. The exit code is 1 when
    a store could not be changed.
    """
    folder = confdir or default_folder()
    try:
        authority = read_authority(folder)
    except SettingsError as error:  # a broken one is no reason to leave others trusted
        print(f"filterproxy: {error}", file=sys.stderr)
        authority = None
    changes = remove_changes(look(machine_stores(), authority))
    if changes:
        _carry_out(changes, dry_run=dry_run, yes=yes or not any(change.steps for change in changes))
    else:
        print("no store of this machine holds a CA of filterproxy")
    if delete_key and not dry_run:
        try:
            for file in delete_authority(folder):
                print(f"deleted {file}")
        except SettingsError as error:
            _refuse(error)


def _authority(confdir: Path | None) -> Authority:
    folder = (confdir or default_folder()).absolute()
    try:
        known = read_authority(folder)
        authority = ensure_authority(folder)
    except SettingsError as error:
        _refuse(error)
    if known is None:
        print(f"made a CA, as there was none: {authority.file}", file=sys.stderr)
    return authority


def _refuse(error: SettingsError) -> NoReturn:
    print(f"filterproxy: {error}", file=sys.stderr)
    sys.exit(1)


def _carry_out(changes: list[Change], *, dry_run: bool, yes: bool) -> None:
    """Say every change, ask, make them one by one and tell how each went; ends with 1 where one did not."""
    any_steps = any(change.steps for change in changes)
    if any_steps:
        print("This would be changed:" if dry_run else "This will be changed:")
    _announce(changes)
    if dry_run:
        return
    if any_steps and not yes and not click.confirm("Go on?"):
        print("nothing was changed", file=sys.stderr)
        sys.exit(1)
    made = [_made(change) for change in changes]  # every one: a store that fails stops no other
    if not all(made):
        sys.exit(1)


def _announce(changes: Iterable[Change]) -> None:
    for change in changes:
        for step in change.steps:
            print(f"  {printable(step.what)}")
            if shown := step.shown():
                print(f"      {printable(shown)}")
        if change.trouble:
            print(f"{change.store.name} ({change.store.place}): {printable(change.trouble)}", file=sys.stderr)


def _made(change: Change) -> bool:
    """Make the changes of one store, up to the first that fails: the next ones rest on it."""
    for step in change.steps:
        try:
            step.run()
        except StepError as error:
            print(f"not done: {printable(str(error))}", file=sys.stderr)
            return False
        print(f"done: {printable(step.what)}")
    return not change.trouble


def _verify(changes: Iterable[Change], authority: Authority) -> None:
    """Look again: a program's word that it is done is not enough."""
    looked = look([change.store for change in changes], authority)
    missing = [one for one in looked if not one.trusts(authority.certificate)]
    for one in missing:
        print(f"{one.store.name} ({one.store.place}): still does not trust the CA", file=sys.stderr)
    if missing:
        sys.exit(1)
    print("Start browsers that run anew; `filterproxy ca remove` undoes it.")


def _state(one: Looked, authority: Authority) -> str:
    if one.trouble:
        return "unknown"
    return "trusted by" if one.trusts(authority.certificate) else "not in"


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _as_data(authority: Authority, looked: Iterable[Looked]) -> dict[str, Any]:
    certificate = authority.certificate
    return {
        "name": authority.name,
        "certificate": str(authority.file),
        "key": str(authority.key_file),
        "sha256": fingerprint(certificate),
        "not_before": certificate.not_valid_before_utc.isoformat(),
        "not_after": certificate.not_valid_after_utc.isoformat(),
        "stores": [
            {
                "name": one.store.name,
                "place": one.store.place,
                "system": one.store.system,
                "trusted": None if one.trouble else one.trusts(certificate),
                "earlier": [
                    fingerprint(held.certificate) for held in one.held if held.certificate != certificate
                ],
                "trouble": one.trouble,
            }
            for one in looked
        ],
    }
