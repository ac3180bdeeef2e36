"""From conditions and related things to predicates of a plan.

`Restrictor` finds what each condition is said of; `predicates` gives each kind of condition to the module that
knows it (`values`, `times`, `comparing`, `states`, `counting`, `columns`), and `related` ties other things in.
"""

from datacraft.engines.semantic.restricting.restrictor import Restrictor, predicates_of

__all__ = ["Restrictor", "predicates_of"]
