"""Third-party browser files, pinned and checked.

The browser is served nothing that is not in this repository. `static/vendor/vendor.lock.json` names each package, its
version, the sha512 of its npm tarball, and the sha384 of every file taken from it; a test re-hashes the files.

    scripts/vendor.py              check the files that are here against the lock (no network)
    scripts/vendor.py --fetch      pack each package with npm, check it against the lock, write its files again
    scripts/vendor.py --update     the same, but write what npm gave into the lock

To take a new version: change "version" in the lock, run `scripts/vendor.py --update`, read the diff and the package's
changelog, run the browser tests, commit lock and files together.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

VENDOR = Path(__file__).resolve().parent.parent / "static" / "vendor"
LOCK_NAME = "vendor.lock.json"

Lock = dict[str, Any]


def sha384(content: bytes) -> str:
    """Return the digest in the form a browser's `integrity` attribute takes."""
    return "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode("ascii")


def sha512(content: bytes) -> str:
    """Return the digest in the form npm prints for a tarball."""
    return "sha512-" + base64.b64encode(hashlib.sha512(content).digest()).decode("ascii")


def read_lock(*, folder: Path = VENDOR) -> Lock:
    """Read the lock file of a vendor folder."""
    lock: Lock = json.loads((folder / LOCK_NAME).read_text("utf-8"))
    return lock


def list_faults(*, folder: Path = VENDOR) -> list[str]:
    """Say what differs between the lock and the files: missing, changed, or not in the lock."""
    faults = []
    known = {LOCK_NAME}
    for package in read_lock(folder=folder)["packages"]:
        for entry in package["files"]:
            known.add(entry["to"])
            path = folder / entry["to"]
            if not path.is_file():
                faults.append(f"{entry['to']} is missing")
            elif sha384(path.read_bytes()) != entry["sha384"]:
                faults.append(f"{entry['to']} is not the file of {package['package']} {package['version']}")
    faults += [
        f"{path.relative_to(folder)} is not in the lock"
        for path in sorted(folder.rglob("*"))
        if path.is_file() and str(path.relative_to(folder)) not in known
    ]
    return faults


def _pack(*, spec: str, folder: Path) -> Path:
    """Let npm download one package's tarball and check it on the way."""
    npm = ["npm", "pack", spec, "--silent", "--ignore-scripts", f"--pack-destination={folder}"]
    answer = subprocess.run(npm, check=True, capture_output=True, text=True, cwd=folder)
    return folder / answer.stdout.split()[-1]


def fetch(*, update: bool, folder: Path = VENDOR) -> None:
    """Write every file again from its package; with `update` the lock learns the new digests, else it must agree.

    Raises SystemExit when a tarball or a file differs from the lock.
    """
    lock = read_lock(folder=folder)
    for package in lock["packages"]:
        with tempfile.TemporaryDirectory() as scratch:
            tarball = _pack(spec=f"{package['package']}@{package['version']}", folder=Path(scratch))
            _agree(package, "tarball", sha512(tarball.read_bytes()), update=update)
            with tarfile.open(tarball) as archive:
                for entry in package["files"]:
                    if entry["from"] is None:  # written by hand: a licence the package does not carry as a file
                        content = (folder / entry["to"]).read_bytes()
                    else:
                        member = archive.extractfile(f"package/{entry['from']}")
                        if member is None:
                            sys.exit(f"{entry['from']} is not a file of {package['package']}")
                        content = member.read()
                    _agree(entry, "sha384", sha384(content), update=update)
                    (folder / entry["to"]).write_bytes(content)
    if update:
        (folder / LOCK_NAME).write_text(json.dumps(lock, indent=2) + "\n", "utf-8")


def _agree(owner: dict[str, Any], key: str, found: str, *, update: bool) -> None:
    if update:
        owner[key] = found
    elif owner.get(key) != found:
        sys.exit(f"{owner.get('to') or owner.get('package')}: {key} is {found}, the lock says {owner.get(key)}")


def main() -> None:
    """Check, fetch or update, and say what was found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--fetch", action="store_true", help="write the files again from npm")
    parser.add_argument("--update", action="store_true", help="write the files and the lock from npm")
    options = parser.parse_args()
    if options.fetch or options.update:
        fetch(update=options.update)
    if faults := list_faults():
        sys.exit("\n".join(faults))
    print(f"{sum(len(package['files']) for package in read_lock()['packages'])} vendored files agree with the lock")


if __name__ == "__main__":
    main()
