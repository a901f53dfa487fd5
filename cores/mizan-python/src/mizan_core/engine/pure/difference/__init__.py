"""What is different between two interfaces, as those see it who have generated clients of the older one.

What clients send and what they get differ: a new value of an enum breaks nobody who sends the old ones, and everybody
who has a case for each that may come. The twin of the crate ``mizan-codegen``'s module of that name.
"""

from mizan_core.engine.pure.difference.functions import ir_difference

__all__ = ("ir_difference",)
