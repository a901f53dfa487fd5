"""Forms as server functions: what every framework's forms have in common.

A form ``NAME`` is three functions: ``NAME.schema`` tells how to show it, ``NAME.validate`` looks at what has been
typed so far, ``NAME.submit`` takes it. An adapter says how its forms do each; clients cannot tell whose they are.
"""
