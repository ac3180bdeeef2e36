"""Judging one answer: by its rows, never by words in its SQL.

`verdict` compares with the golds' rows; `mistakes` says, by comparing parsed queries, why rows differ;
`faithfulness` holds the sentence against result and query; `variants` makes data on which luck does not last.
"""
