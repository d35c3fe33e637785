"""Install the pinned torch without CUDA: from PyTorch's CPU wheels where they answer, else by its plain name.

python .ci/torch_cpu.py INDEX_URL constraints.txt
"""

import re
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

SECONDS = 5


def answers(url: str) -> bool:
    """Whether the wheel index answers within a few seconds."""
    try:
        with urllib.request.urlopen(f"{url}/torch/", timeout=SECONDS) as reply:
            return bool(reply.status == 200)
    except (urllib.error.URLError, OSError, ValueError):
        return False


def main(url: str, constraints: str) -> int:
    """Install; the exit status is pip's."""
    found = re.search(r"^torch==\S+", Path(constraints).read_text("utf-8"), re.MULTILINE)
    if found is None:
        sys.stderr.write(f"{constraints}: no line torch==VERSION\n")
        return 1
    # Only Linux has a CUDA build under the plain name; elsewhere the plain name is the CPU build already.
    source = ["--index-url", url] if sys.platform.startswith("linux") and answers(url) else []
    return subprocess.call([sys.executable, "-m", "pip", "install", "--quiet", *source, found.group()])


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
