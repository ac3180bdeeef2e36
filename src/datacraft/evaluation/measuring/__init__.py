"""From judged calls to figures with intervals.

The rates, each a fraction with the cases that it is of:

| name | share of |
| --- | --- |
| accuracy | right, of the calls on answerable cases |
| dependable | answerable cases that were right in at least 4 of 5 repeats |
| answered | answered, of the calls on answerable cases: the success rate |
| wrong_shown | answered and not right, of all calls |
| refusals | handled rightly, of the calls on cases that should not be answered as they stand |
| parses, passes_guard, executed | of the queries that were proposed |
| faithful | sentences that state nothing but result and query, of the answers |
| chart | fitting charts, of the answered calls on cases that name one |
| reliable | answered or honestly refused, of all calls |
| stable | cases whose repeats all gave the same |
| consistent | questions whose paraphrases all gave the same |
| lucky | right on the data and not on its variants, of the calls that were right on the data |
"""
