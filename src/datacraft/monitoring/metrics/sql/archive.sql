-- Telemetry of a day that was compacted; a column that an older version did not have is null.
INSERT INTO records BY NAME
SELECT
    filename AS file, file_row_number AS line, schema_version, kind, at_us, question_id, session, question,
    release_id, channel, tables, propose_ms, render_ms, guard_ms, execute_ms, present_ms, total_ms, calls, cached,
    input_tokens, output_tokens, cost_usd, fallback, error, feedback, chart, confidence, words, form, functions, joins,
    filtered, by_time
FROM (
    (SELECT * EXCLUDE (file, line) FROM records LIMIT 0)
    UNION ALL BY NAME
    SELECT * FROM read_parquet($files, union_by_name = true, filename = true, file_row_number = true)
);
