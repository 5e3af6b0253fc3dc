"""One change to the machine at a time: said in words, shown as a command, done by a program or by us."""

import os
import shlex
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass

PATIENCE = 120.0  # seconds: a person may have to type a password


class StepError(Exception):
    """A change that could not be made; says which and why."""


@dataclass(frozen=True, slots=True)
class Step:
    """One change.

    Attributes:
        what: what it changes, as an order: `add the CA to …`.
        command: the program that does it, or empty.
        act: does it where no program does. Raises OSError or StepError.
        as_root: whether only the administrator may.
    """

    what: str
    command: tuple[str, ...] = ()
    act: Callable[[], None] | None = None
    as_root: bool = False

    def argv(self) -> tuple[str, ...]:
        """The command as it is run: through sudo where rights are wanted and not there."""
        needs = self.as_root and os.name == "posix" and os.geteuid() != 0
        return ("sudo", *self.command) if needs else self.command

    def shown(self) -> str:
        """The command line for a person to read or copy; empty where we do it ourselves."""
        return shlex.join(self.argv()) if self.command else ""

    def run(self) -> None:
        """Make the change.

        Raises:
            StepError: it was not made.
        """
        try:
            if self.act is not None:
                self.act()
            if self.command:
                run_program(self.argv(), ask=self.as_root)
        except OSError as error:
            raise StepError(f"{self.what}: {error.strerror or error}") from error
        except StepError as error:
            raise StepError(f"{self.what}: {error}") from error


def run_program(command: tuple[str, ...], *, ask: bool = False) -> str:
    """What a program prints.

    Args:
        command: the program and its arguments.
        ask: it may ask something (a password) on the terminal; else it finds no input.

    Raises:
        StepError: it is not there, does not end, or ends with another code than 0; with its last words.
    """
    program = shutil.which(command[0])
    if program is None:
        raise StepError(f"{command[0]} is not installed")
    try:
        done = subprocess.run(  # noqa: S603 - commands are ours, put together without a shell
            [program, *command[1:]],
            stdin=None if ask else subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise StepError(f"{command[0]} did not end within {PATIENCE:.0f} s") from error
    if done.returncode != 0:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()
        raise StepError(f"{command[0]} ended with {done.returncode}" + (f": {said[-1]}" if said else ""))
    return done.stdout
