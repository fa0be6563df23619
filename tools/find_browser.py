"""Print the path of a Chromium or Chrome that runs here, for the tests that need a real browser.

With `--install`, get one if there is none. A browser that can't be had is an error with advice,
never a skipped test.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

VARIABLE = "SAMPLING_LAB_BROWSER"

COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")

MAC_APPS = ("Google Chrome", "Chromium", "Microsoft Edge")

WINDOWS_FOLDERS = ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")
WINDOWS_PROGRAMS = (
    r"Google\Chrome\Application\chrome.exe",
    r"Microsoft\Edge\Application\msedge.exe",
)

ASK_PLAYWRIGHT = """
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
"""

ADVICE = f"""\
The tests need Chromium or Chrome, and none was found that runs. Do one of these, then try again:
  Debian:     sudo apt-get install chromium
  elsewhere:  install Chrome or Chromium, or .venv/bin/python -m playwright install chromium
  anywhere:   set {VARIABLE} to the path of one"""


def find() -> Path | None:
    """Return the first browser that runs, or None."""
    return next((path for path in candidates() if runs(path)), None)


def candidates() -> Iterator[Path]:
    """Yield the places of a browser. Playwright's own is last, since asking it takes a second."""
    yield from (Path(path) for name in COMMANDS if (path := shutil.which(name)))
    yield from (Path("/Applications", f"{app}.app", "Contents/MacOS", app) for app in MAC_APPS)
    folders = [path for name in WINDOWS_FOLDERS if (path := os.environ.get(name))]
    yield from (Path(folder, program) for folder in folders for program in WINDOWS_PROGRAMS)
    if answer := output(sys.executable, "-c", ASK_PLAYWRIGHT):
        yield Path(answer)


def runs(path: Path) -> bool:
    """Try it: Ubuntu's chromium-browser may be a stub, and Playwright's may lack libraries."""
    if sys.platform == "win32":  # chrome.exe --version opens a window there
        return path.is_file()
    return bool(output(str(path), "--version"))


def output(*command: str) -> str:
    """Return what a command prints, or nothing if it fails or takes longer than 30 s."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()


def install() -> Path | None:
    """Get a browser from Playwright, else from Debian's packages, and return one that runs."""
    attempt(sys.executable, "-m", "playwright", "install", "chromium")
    if found := find():
        return found
    if shutil.which("apt-get"):
        as_root = ["sudo", "--non-interactive"] if shutil.which("sudo") else []
        attempt(*as_root, "apt-get", "update")
        attempt(*as_root, "apt-get", "install", "--yes", "chromium")
    return find()


def attempt(*command: str) -> None:
    """Run a command in sight, for ten minutes at most. Whether it helped is judged by `find`."""
    print("+", *command, file=sys.stderr)  # stdout is for the path alone
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        subprocess.run(command, stdout=sys.stderr, timeout=600, check=False, env=environment)
    except (OSError, subprocess.TimeoutExpired) as error:
        print(error, file=sys.stderr)


def main() -> int:
    """Print the path and return 0, or say what to do and return 1."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--install", action="store_true", help="get one if there is none")
    wants_install = parser.parse_args().install
    chosen = os.environ.get(VARIABLE)
    if chosen and not runs(Path(chosen)):
        print(f"{VARIABLE} is {chosen}, which is no browser that runs.", file=sys.stderr)
        return 1
    found = chosen or find() or (install() if wants_install else None)
    print(found or ADVICE, file=sys.stdout if found else sys.stderr)
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main())
