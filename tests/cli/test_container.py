"""The file a backup is kept in: whatever happens to it on the way, it is whole or it is refused."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest
from flask import Flask

from engage.core import container
from engage.core.container import BackupRefused


@pytest.fixture
def sealed(app: Flask, tmp_path: Path) -> Path:
    plain = tmp_path / "plain"
    chance = random.Random(1)  # noqa: S311 - any bytes will do
    plain.write_bytes(chance.randbytes(2_600_000) + b"tail" * 5000)
    container.pack(plain, tmp_path / "sealed", facts={"rows": {"person": 3}})
    return tmp_path / "sealed"


def test_what_was_packed_comes_out_again(sealed: Path, tmp_path: Path) -> None:
    manifest = container.unpack(sealed, tmp_path / "again")
    assert (tmp_path / "again").read_bytes() == (tmp_path / "plain").read_bytes()
    assert manifest["rows"] == {"person": 3}
    assert manifest["bytes"] == (tmp_path / "plain").stat().st_size


def test_d16_a_backup_cut_at_any_byte_is_refused_with_a_reason(sealed: Path, tmp_path: Path) -> None:
    whole = sealed.read_bytes()
    chance = random.Random(16)  # noqa: S311 - any place will do
    for _ in range(50):
        (tmp_path / "cut").write_bytes(whole[: chance.randrange(len(whole))])
        with pytest.raises(BackupRefused) as refused:
            container.unpack(tmp_path / "cut", tmp_path / "out")
        assert "备份" in str(refused.value)


def test_d17_one_flipped_bit_anywhere_is_found(sealed: Path, tmp_path: Path) -> None:
    whole = bytearray(sealed.read_bytes())
    chance = random.Random(17)  # noqa: S311 - any bit will do
    # The head is small, so chance alone would seldom reach it: half of the flips go there.
    places = [chance.randrange(400) for _ in range(100)] + [chance.randrange(len(whole)) for _ in range(100)]
    for place in places:
        bit = 1 << chance.randrange(8)
        whole[place] ^= bit
        (tmp_path / "flipped").write_bytes(whole)
        with pytest.raises(BackupRefused):
            container.unpack(tmp_path / "flipped", tmp_path / "out")
        whole[place] ^= bit


def test_something_added_to_the_end_is_refused(sealed: Path, tmp_path: Path) -> None:
    shutil.copy(sealed, tmp_path / "longer")
    with (tmp_path / "longer").open("ab") as file:
        file.write(b"more")
    with pytest.raises(BackupRefused, match="长度"):
        container.unpack(tmp_path / "longer", tmp_path / "out")


def test_d17_without_the_key_a_backup_is_noise_and_the_refusal_names_the_key(
    app: Flask, sealed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert b"tailtail" not in sealed.read_bytes()
    monkeypatch.setattr("engage.core.sealed.derived_key", lambda purpose: purpose.ljust(32)[:32].encode())
    monkeypatch.setattr("engage.core.container.derived_key", lambda purpose: purpose.ljust(32)[:32].encode())
    with pytest.raises(BackupRefused, match="密钥"):
        container.unpack(sealed, tmp_path / "out")


def test_some_other_file_is_not_taken_for_a_backup(app: Flask, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("您好")
    with pytest.raises(BackupRefused, match="不是"):
        container.unpack(tmp_path / "letter.txt", tmp_path / "out")
