"""The identity of a validated argument: the plain JSON value that keys and tags are made of (protocol.md section 3).

Equal values have one identity in every process, different values never share one. A value that cannot be shown to keep
that has none, and then nothing is cached or narrowed by it.

| type | identity |
| --- | --- |
| ``None``, ``bool``, ``int``, ``str`` | itself |
| ``float`` | the integer that it equals, else itself; not NaN, not infinite |
| ``Decimal`` | its digits as text, without trailing zeros and without an exponent (``"1.5"``, ``"100"``); at most 400 |
| ``UUID``, ``date``, naive ``datetime``, naive ``time`` | ISO text |
| aware ``datetime`` | ISO text of the instant in UTC |
| ``timedelta`` | text, seconds: ``"PT90S"``, ``"-PT0.5S"`` |
| ``SecretStr`` | the text that it holds |
| an enum's member | the identity of its value; not flags, nor members whose values would share one |
| ``list``, ``tuple`` | the list of the items' |
| ``set``, ``frozenset`` | the list of the items', sorted by their canonical JSON |
| ``dict`` with ``str`` keys, ``TypedDict`` | the object of the values' |
| pydantic model | the object of all fields', by their names in Python; extra values in one under ``""`` |
| dataclass | the object of all fields' |

The exact class of the value counts, and it has to be one that the annotation names: ``Any`` names JSON's. Everything
else has none: subclasses, generators, named tuples, models with private attributes or an ``__eq__`` of their own,
dataclasses with ``InitVar`` or with fields that are not compared, instances that hold more than their fields.

Where an annotation leaves a choice, the choices must not meet:

| union of | identity | narrows purges |
| --- | --- | --- |
| types of different forms: null, boolean, number, text, list, object | yes | yes |
| ``int`` and ``float``; types of one form that are the same type with other contents | yes | yes |
| two or more of ``bool``, numbers, ``Decimal``; ``Any`` | yes | no: Python says ``True == 1`` |
| models or dataclasses told apart by a ``Literal`` field, enums without a common value | yes | yes |
| other types of one form, as ``date | str``, ``Decimal | str``, a text enum and ``str``, ``tuple | list`` | no | no |
"""

from mizan_core.identity.parameters import Identity, NoIdentity, identity_of

__all__ = ("Identity", "NoIdentity", "identity_of")
