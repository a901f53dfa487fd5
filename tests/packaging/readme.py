"""The applications that the README shows, as files that can be run."""

from __future__ import annotations

import re
from pathlib import Path

from tests.packaging.tools import ROOT

_MARKS = {"FastAPI": "mount(app", "Django": 'include("mizan.urls")'}
FRAMEWORKS = tuple(_MARKS)


def write_examples(folder: Path) -> Path:
    """Write each framework's application as module ``readme`` into a subfolder of its name; gives *folder*."""
    text = (ROOT / "README.md").read_text("utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    for framework, mark in _MARKS.items():
        (application,) = [block for block in blocks if mark in block]
        (folder / framework).mkdir()
        (folder / framework / "readme.py").write_text(application, encoding="utf-8")
    return folder
