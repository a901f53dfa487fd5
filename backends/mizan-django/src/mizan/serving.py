"""What a Django process serves: the functions of the default registry, with the project's settings."""

from __future__ import annotations

from mizan.conf import load_settings
from mizan.users import current_user
from mizan_core.call.dispatcher import Dispatcher
from mizan_core.registry import default_registry

dispatcher = Dispatcher(default_registry, load_settings, current_user)
