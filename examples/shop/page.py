"""The page that both servers give out, as ``make demo`` builds it from ``web/``."""

from __future__ import annotations

from pathlib import Path

PAGE = Path(__file__).with_name("web") / "dist"
