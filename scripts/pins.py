"""Pin the newest versions that work together, with hashes for every platform: `make pins`.

Needs `uv` (it resolves for all platforms and Pythons at once); no address of any package index is written down.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
OPTIONS = (
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-header",
    "--upgrade",
)


def main() -> None:
    """Write requirements.txt, then requirements-dev.txt, which obeys the first."""
    uv = shutil.which("uv") or sys.exit("`uv` is needed for this: pip install uv")
    for name in ("requirements", "requirements-dev"):
        compile_ = [uv, "pip", "compile", "--quiet", *OPTIONS, f"{name}.in", f"--output-file={name}.txt"]
        subprocess.run(compile_, check=True, cwd=PROJECT)
        print(f"wrote {name}.txt")


if __name__ == "__main__":
    main()
