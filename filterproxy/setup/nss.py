"""NSS certificate databases (cert9.db): Chromium's on Linux, and one in each Firefox profile.

They are changed by NSS's own `certutil`, the only program that knows the format.
"""

import re
import shutil
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from cryptography import x509

from filterproxy.setup.authority import PEM, Authority
from filterproxy.setup.steps import Step, StepError, run_program
from filterproxy.setup.store import Held, StoreError, Wanted

MARK = "made-by-filterproxy"
"""A file in a database that we made: the directories made for it, one a line, outermost first."""

_PACKAGES = "libnss3-tools (Debian, Ubuntu), nss-tools (Fedora) or nss (Arch, Homebrew)"
NEEDS_CERTUTIL = f"needs NSS's certutil, which comes in the package {_PACKAGES}"

_LISTED = re.compile(r"(.+?)\s+([a-zA-Z]*),([a-zA-Z]*),([a-zA-Z]*)")
_SERVER_AUTHORITY = "C"  # certutil's letter: trusted to issue certificates of servers


def has_certutil() -> bool:
    """Whether NSS's certutil is there; Windows has another program of that name."""
    return sys.platform != "win32" and shutil.which("certutil") is not None


@dataclass(frozen=True, slots=True)
class NssStore:
    """A database, or the place where its browser would make one.

    Attributes:
        name: whose it is.
        folder: its directory.
    """

    name: str
    folder: Path

    @property
    def place(self) -> str:
        """Its directory."""
        return str(self.folder)

    @property
    def system(self) -> bool:
        """No: each user has their own."""
        return False

    @property
    def obstacle(self) -> str | None:
        """Where there is a database and certutil is not installed: what it comes in."""
        return None if has_certutil() or not self.made else NEEDS_CERTUTIL

    @property
    def made(self) -> bool:
        """Whether there is a database."""
        return (self.folder / "cert9.db").exists()

    def held(self, wanted: Wanted) -> tuple[Held, ...]:
        """See `TrustStore`."""
        if not self.made:
            return ()
        found = (
            Held(certificate, _SERVER_AUTHORITY in trust, nickname)
            for nickname, trust in self._listed()
            for certificate in self._named(nickname)
            if wanted(certificate)
        )
        return tuple({held.certificate: held for held in found}.values())

    def install_steps(self, authority: Authority) -> list[Step]:
        """See `TrustStore`.

        Raises:
            StoreError: NSS's certutil is not installed.
        """
        steps = []
        if not has_certutil():
            raise StoreError(NEEDS_CERTUTIL)
        if not self.made:
            steps.append(Step(f"make a certificate database in {self.folder}", act=self._make))
        named = ("-n", authority.name, "-i", str(authority.file))
        command = self._command("-A", "-t", f"{_SERVER_AUTHORITY},,", *named)
        steps.append(Step(f"trust {authority.name} in {self.name} ({self.folder})", command))
        return steps

    def remove_steps(self, held: Sequence[Held]) -> list[Step]:
        """See `TrustStore`.

        Raises:
            StoreError: it holds another's certificate of the same name; certutil can't tell them apart.
        """
        steps = []
        ours = [one.certificate for one in held]
        for nickname, count in Counter(one.handle for one in held).items():
            if any(certificate not in ours for certificate in self._named(nickname)):
                raise StoreError(
                    f"{self.folder}: holds another certificate named {nickname!r} too; "
                    "take ours out in the browser's settings"
                )
            what = f"take {nickname} out of {self.name} ({self.folder})"
            if count == 1:
                steps.append(Step(what, self._command("-D", "-n", nickname)))
            else:
                steps.append(Step(f"{what}, {count} of that name", act=partial(self._take_out, ours)))
        if (self.folder / MARK).exists():
            what = f"delete the database in {self.folder}, if nothing else is in it"
            steps.append(Step(what, act=self._unmake))
        return steps

    def _command(self, *options: str) -> tuple[str, ...]:
        return ("certutil", options[0], "-d", f"sql:{self.folder}", *options[1:])

    def _listed(self) -> Iterator[tuple[str, str]]:
        """Nickname and trust for servers of each certificate in it."""
        for line in self._told("-L").splitlines():
            if found := _LISTED.fullmatch(line.rstrip()):
                yield found[1], found[2]

    def _named(self, nickname: str) -> list[x509.Certificate]:
        """The certificates of a nickname: several of one subject share theirs."""
        return [
            x509.load_pem_x509_certificate(pem.encode())
            for pem in PEM.findall(self._told("-L", "-n", nickname, "-a"))
        ]

    def _told(self, *options: str) -> str:
        try:
            return run_program(self._command(*options))
        except StepError as error:
            raise StoreError(f"{self.folder}: {error}") from error

    def _take_out(self, ours: Sequence[x509.Certificate]) -> None:
        """Of certificates that share a subject certutil deletes one at a time, and names the rest anew."""
        for _ in ours:
            left = self.held(lambda certificate: certificate in ours)
            if left:
                run_program(self._command("-D", "-n", left[0].handle))

    def _make(self) -> None:
        made = [folder for folder in (*reversed(self.folder.parents), self.folder) if not folder.exists()]
        for folder in made:
            folder.mkdir(mode=0o700)
        run_program(self._command("-N", "--empty-password"))
        (self.folder / MARK).write_text("".join(f"{folder}\n" for folder in made), encoding="utf-8")

    def _unmake(self) -> None:
        """Delete what `_make` made, unless somebody has put something into it since."""
        if any(self._listed()) or self._has_keys():
            return
        made = (self.folder / MARK).read_text("utf-8").splitlines()
        for name in ("cert9.db", "key4.db", "pkcs11.txt", MARK):
            (self.folder / name).unlink(missing_ok=True)
        for folder in map(Path, reversed(made)):
            if any(folder.iterdir()):
                break
            folder.rmdir()

    def _has_keys(self) -> bool:
        try:
            return bool(run_program(self._command("-K")).strip())
        except StepError as error:  # it takes none for an error
            return "no keys found" not in str(error)
