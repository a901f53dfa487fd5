"""The pages that both servers give out, as ``make demo`` builds them: React's, and in folders of it the others."""

from __future__ import annotations

from pathlib import Path

PAGE = Path(__file__).with_name("web") / "dist"

OTHER_PAGES = ("vue", "svelte")
"""The same page by other means, each at its own path."""
