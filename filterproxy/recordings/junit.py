"""Results as JUnit XML, in the form that CI systems read (Jenkins, GitLab, GitHub's reporters).

`testsuites` > `testsuite` > `testcase`, as in the schema of Jenkins' xUnit plugin; `file` and `line` of a
testcase are an addition that GitLab and pytest know.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath
from xml.etree import ElementTree as ET

from filterproxy.recordings.suite import Judged, label

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, section 2.2


@dataclass(frozen=True, slots=True)
class Case:
    """One testcase. `failed`: `failure`, `error`, or empty where it passed; `words`: then, why."""

    suite: str
    name: str
    failed: str = ""
    words: str = ""
    file: str = ""
    line: int = 0
    seconds: float = 0.0


def case_of(judged: Judged) -> Case:
    """A test entry's."""
    source = judged.test.source
    words = [str(failure) for failure in judged.failures]
    if words and judged.diff:
        words += ["", *judged.diff]
    failed = "failure" if judged.failures else ""
    place = {"file": source.path, "line": source.line}
    return Case(source.path, label(judged.test), failed, "\n".join(words), **place, seconds=judged.seconds)  # type: ignore[arg-type]  # a path and a line


def junit(cases: Iterable[Case], seconds: float) -> bytes:
    """The document, UTF-8. What XML cannot hold is written as escapes, as in Python."""
    suites: dict[str, list[Case]] = {}
    for case in cases:
        suites.setdefault(case.suite, []).append(case)
    root = ET.Element("testsuites", name="filterproxy replay")
    for name, members in suites.items():
        root.append(_suite(name, members))
    for count in ("tests", "failures", "errors"):
        root.set(count, str(sum(int(suite.get(count) or 0) for suite in root)))
    root.set("time", f"{seconds:.3f}")
    ET.indent(root)
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document + b"\n"


def _suite(name: str, cases: list[Case]) -> ET.Element:
    suite = ET.Element("testsuite", name=_text(name), tests=str(len(cases)))
    suite.set("failures", str(sum(case.failed == "failure" for case in cases)))
    suite.set("errors", str(sum(case.failed == "error" for case in cases)))
    suite.set("skipped", "0")
    suite.set("time", f"{sum(case.seconds for case in cases):.3f}")
    suite.extend(map(_case, cases))
    return suite


def _case(case: Case) -> ET.Element:
    classname = PurePath(case.suite).as_posix()
    element = ET.Element("testcase", classname=_text(classname), name=_text(case.name))
    element.set("time", f"{case.seconds:.3f}")
    if case.file:
        element.set("file", _text(PurePath(case.file).as_posix()))
        element.set("line", str(case.line))
    if case.failed:
        first = case.words.partition("\n")[0]
        failed = ET.SubElement(element, case.failed, message=_text(first), type=case.failed)
        failed.text = _text(case.words)
    return element


def _text(text: str) -> str:
    """The text with what no XML document can hold as escapes."""
    return _NOT_XML.sub(lambda match: f"\\x{ord(match[0]):02x}", text)
