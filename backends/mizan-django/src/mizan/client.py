"""The ``@client`` decorator and what goes with it; the same objects as in ``mizan_core``."""

from mizan_core.client import CachePolicy, ClientFunction, Context, ErrorCase, Merge, UploadLimits, client
from mizan_core.compositions import compose

__all__ = ("CachePolicy", "ClientFunction", "Context", "ErrorCase", "Merge", "UploadLimits", "client", "compose")
