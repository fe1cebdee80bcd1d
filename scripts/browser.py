"""Find a browser that Playwright can drive, install one when there is none, and print its path.

Looked for: `$ENGAGE_BROWSER`, a Chromium or Chrome on PATH, one that Playwright installed. When none is there: Debian's
`chromium` (and a Chinese font) by apt, if we are root or may use sudo without a password; else Playwright's own download.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find_browser() -> str | None:
    """Return the path of a browser that is already here, or None."""
    for path in (os.environ.get("ENGAGE_BROWSER"), *map(shutil.which, NAMES), str(MAC)):
        if path and Path(path).is_file() and not _is_snap_stub(path):
            return path
    return _own_of_playwright()


def ensure_browser() -> str:
    """Return the path of a browser, installing one first when there is none; raise SystemExit when that fails."""
    found = find_browser()
    wanted = [
        *(["chromium"] if found is None and _is_debian() else []),
        *([] if has_chinese_font() else ["fonts-noto-cjk"]),
        *([] if driver_runs() else ["libatomic1"]),  # the one library Playwright's driver takes from the system
    ]
    if wanted:
        _install_with_apt(wanted)
        found = find_browser()
    if found is None:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False, stdout=sys.stderr)
        found = find_browser()
    if found is None:
        sys.exit("No browser: install Chromium (Debian: apt install chromium fonts-noto-cjk) or set ENGAGE_BROWSER.")
    if not has_chinese_font():
        print("No Chinese font was found: screenshots will show boxes (Debian: fonts-noto-cjk).", file=sys.stderr)
    return found


def has_chinese_font() -> bool:
    """Tell whether text in Chinese will be drawn; macOS always brings a font."""
    if platform.system() != "Linux":
        return True
    if fc_list := shutil.which("fc-list"):
        return bool(subprocess.run([fc_list, ":lang=zh"], check=False, capture_output=True).stdout.strip())
    return any(path.name.startswith(("NotoSansCJK", "wqy-")) for path in Path("/usr/share/fonts").rglob("*.tt*"))


def driver_runs() -> bool:
    """Tell whether Playwright's own driver program starts on this machine."""
    from playwright._impl._driver import compute_driver_executable  # noqa: PLC0415 - nothing public tells its place

    try:
        subprocess.run([*compute_driver_executable(), "--version"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def _install_with_apt(packages: list[str]) -> None:
    apt = shutil.which("apt-get")
    if apt is None:
        return
    become_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if become_root and shutil.which("sudo") is None:
        return
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update"], ["-y", "install", "--no-install-recommends", *packages]):
        subprocess.run([*become_root, apt, "-qq", *words], check=False, stdout=sys.stderr, env=environment)


def _is_debian() -> bool:
    """Ubuntu's package of the same name is only a door to its own store, which a container cannot open."""
    release = Path("/etc/os-release")
    return release.is_file() and "ID=debian" in release.read_text("utf-8").splitlines()


def _is_snap_stub(path: str) -> bool:
    with Path(path).open("rb") as file:
        head = file.read(2000)
    return head.startswith(b"#!") and b"snap" in head


def _own_of_playwright() -> str | None:
    code = "import playwright.sync_api as p\nwith p.sync_playwright() as s: print(s.chromium.executable_path)"
    answer = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    path = answer.stdout.strip()
    return path if path and Path(path).is_file() else None


if __name__ == "__main__":
    print(ensure_browser())
