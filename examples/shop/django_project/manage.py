"""``python -m examples.shop.django_project.manage``, from the repository's root."""

from __future__ import annotations

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "examples.shop.django_project.settings")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
