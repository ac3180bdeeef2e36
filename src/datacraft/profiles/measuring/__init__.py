"""Statistics of data as they are measured: natively in DuckDB, or with portable statements elsewhere.

`profile_data` is the way in, `merge_profiles` joins what was measured apart. What a difference between two
profiles means is decided in `drift`.
"""
