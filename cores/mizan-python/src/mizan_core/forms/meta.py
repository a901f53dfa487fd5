"""What an author says of a form beside its fields."""

from __future__ import annotations

from dataclasses import dataclass, field

from mizan_core.client.merge import MergeTargets
from mizan_core.client.options import Auth
from mizan_core.client.targets import Targets
from mizan_core.client.uploads import UploadLimits
from mizan_core.names import check_function_name


@dataclass(frozen=True, slots=True)
class FormMeta:
    """The name of a form, and how it is served.

    :param name: the functions are ``NAME.schema``, ``NAME.validate`` and ``NAME.submit``.
    :param title: the heading; None for none.
    :param submit_label: the text of the button; None for the client's own.
    :param live_validation: whether clients may call ``NAME.validate``. It tells whoever asks what only a look into the
        database knows: that an address has an account, for example.
    :param affects: what a submission makes stale, as with ``@client``.
    :param merge: the contexts that take the result of a submission, as with ``@client``.
    :param auth: who may see and submit the form, as with ``@client``.
    :param route: where the form is served as a page, for browsers without JavaScript, as with ``@client``.
    :param upload_limits: of each file that a field takes; in a list of forms also how many come for a field.
    :param success_url: where the page sends a browser whose form was valid; None for the page itself.
    :raises ValueError: for a name that no function can have.
    """

    name: str
    title: str | None = None
    submit_label: str | None = None
    live_validation: bool = False
    affects: Targets = None
    merge: MergeTargets = None
    auth: Auth = None
    route: str | None = None
    success_url: str | None = None
    upload_limits: UploadLimits = field(default_factory=UploadLimits)

    def __post_init__(self) -> None:
        for part in ("schema", "validate", "submit"):
            check_function_name(f"{self.name}.{part}")

    @property
    def context(self) -> str:
        """The context that ``NAME.schema`` is read in."""
        return f"{self.name.replace('.', '_')}-form"
