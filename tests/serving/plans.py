"""Random plans, for properties that must hold for all of them."""

from __future__ import annotations

import datetime as dt

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from datacraft.contracts import plan as p

_TEXT = st.text(max_size=8)
_NAMES = st.sampled_from(["a", "total_sales", "region", "month"])
_COLUMNS = st.builds(
    p.ColumnRef,
    table=st.sampled_from(["orders", "customers", "nowhere"]),
    column=st.sampled_from(
        ["order_id", "order_date", "customer_id", "category", "sales", "discount", "city", "gone"]
    ),
)
_DATES = st.none() | st.dates()
_SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), _TEXT, st.dates(), st.datetimes()
)
_LEAVES: SearchStrategy[p.Expression] = st.one_of(
    _COLUMNS, st.builds(p.Constant, value=_SCALARS), st.builds(p.OutputRef, name=_NAMES)
)


def _expressions(inner: SearchStrategy[p.Expression]) -> SearchStrategy[p.Expression]:
    orders = st.builds(p.Order, expression=inner, descending=st.booleans())
    return st.one_of(
        st.builds(
            p.Aggregate,
            function=st.sampled_from(p.AggregateFunction),
            argument=st.none() | inner,
            second=st.none() | inner,
            fraction=st.none() | st.floats(0, 1),
            where=st.lists(_simple_predicates(inner), max_size=2).map(tuple),
            grain=st.sampled_from([None, "orders", "nowhere"]),
            weight=st.none() | inner,
        ),
        st.builds(p.Arithmetic, operator=st.sampled_from("+-*/"), left=inner, right=inner),
        st.builds(p.DateTrunc, unit=st.sampled_from(p.TimeUnit), argument=inner),
        st.builds(p.DatePartOf, part=st.sampled_from(p.DatePart), argument=inner),
        st.builds(p.DateDiff, unit=st.sampled_from(p.TimeUnit), start=inner, end=inner),
        st.builds(p.Bucket, argument=inner, width=st.floats(0.001, 1e6)),
        st.builds(
            p.Window,
            function=st.sampled_from(p.WindowFunction),
            argument=st.none() | inner,
            partition_by=st.lists(inner, max_size=1).map(tuple),
            order_by=st.lists(orders, max_size=1).map(tuple),
            size=st.none() | st.integers(1, 9),
        ),
    )


def _simple_predicates(inner: SearchStrategy[p.Expression]) -> SearchStrategy[p.Predicate]:
    return st.one_of(
        st.builds(
            p.Comparison, left=inner, operator=st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), right=inner
        ),
        st.builds(p.Between, left=inner, low=inner, high=inner),
        st.builds(
            p.InValues,
            left=inner,
            values=st.lists(_SCALARS, min_size=1, max_size=12).map(tuple),
            negated=st.booleans(),
        ),
        st.builds(p.IsNull, left=inner, negated=st.booleans()),
        st.builds(
            p.TextMatch,
            left=inner,
            mode=st.sampled_from(["equals", "contains", "starts_with", "ends_with"]),
            value=_TEXT,
            negated=st.booleans(),
        ),
        st.builds(
            p.TimeRange,
            left=inner,
            start=_DATES,
            end=_DATES | st.just(dt.date.min),
            label=_TEXT | st.sampled_from(["2021", "9999", "since 2020", "the last 3 months"]),
        ),
    )


def _predicates(inner: SearchStrategy[p.Expression]) -> SearchStrategy[p.Predicate]:
    return st.recursive(
        _simple_predicates(inner),
        lambda items: st.one_of(
            st.builds(p.AllOf, items=st.lists(items, min_size=1, max_size=2).map(tuple)),
            st.builds(p.AnyOf, items=st.lists(items, min_size=1, max_size=2).map(tuple)),
            st.builds(p.Not, item=items),
        ),
        max_leaves=3,
    )


EXPRESSIONS = st.recursive(_LEAVES, _expressions, max_leaves=4)
_OUTPUTS = st.lists(
    st.builds(
        p.Output, name=_NAMES, expression=EXPRESSIONS, label=_TEXT, unit=st.sampled_from([None, "USD", "%"])
    ),
    min_size=1,
    max_size=3,
).map(tuple)


def _plans(inner: SearchStrategy[p.QueryPlan] | None) -> SearchStrategy[p.QueryPlan]:
    predicates = _predicates(EXPRESSIONS)
    if inner is not None:
        predicates |= st.builds(p.InPlan, left=_COLUMNS, plan=inner, negated=st.booleans())
    scalar = st.builds(p.ScalarPlan, plan=inner) if inner is not None else EXPRESSIONS
    combined = (
        st.builds(p.SetOperation, operator=st.sampled_from(["union", "intersect", "except"]), plan=inner)
        if inner is not None
        else None
    )
    return st.builds(
        p.QueryPlan,
        root=st.sampled_from([None, "orders", "nowhere"]),
        source=st.none() if inner is None else st.none() | inner,
        outputs=_OUTPUTS,
        filters=st.lists(predicates, max_size=2).map(tuple),
        having=st.lists(predicates, max_size=1).map(tuple),
        order=st.lists(
            st.builds(p.Order, expression=EXPRESSIONS | scalar, descending=st.booleans()), max_size=2
        ).map(tuple),
        limit=st.none() | st.integers(1, 50),
        with_ties=st.booleans(),
        limit_per=st.lists(_NAMES, max_size=1).map(tuple),
        distinct=st.booleans(),
        combine=st.just(()) if combined is None else st.lists(combined, max_size=1).map(tuple),
        notes=st.lists(_TEXT, max_size=1).map(tuple),
    )  # fmt: skip


PLANS = _plans(None) | _plans(_plans(None))
