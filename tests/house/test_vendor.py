"""What the browser runs is what the lock file names, byte for byte (trust.md W20)."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from scripts import vendor

if TYPE_CHECKING:
    from pathlib import Path


def test_every_vendored_file_is_the_one_in_the_lock() -> None:
    assert vendor.list_faults() == []


def test_every_package_brings_its_licence() -> None:
    for package in vendor.read_lock()["packages"]:
        assert any("LICENSE" in entry["to"] for entry in package["files"]), package["package"]


def test_a_changed_a_missing_and_a_stray_file_are_named(tmp_path: Path) -> None:
    copy = tmp_path / "vendor"
    shutil.copytree(vendor.VENDOR, copy)
    (copy / "htmx.min.js").write_bytes((copy / "htmx.min.js").read_bytes() + b" ")
    (copy / "qrcode.js").unlink()
    (copy / "stray.js").write_text("")
    faults = vendor.list_faults(folder=copy)
    assert [fault.split()[0] for fault in faults] == ["htmx.min.js", "qrcode.js", "stray.js"]
