-- Telemetry as written: a JSON object a line, in the order of writing. A line that can't be read is a null.
-- What a record lacks because its schema is older, or has of another type, is null.
INSERT INTO records BY NAME
WITH lines AS (
    SELECT filename AS file, row_number() OVER () AS line, json
    FROM read_ndjson_objects($files, ignore_errors = true, filename = true)
), parsed AS (
    SELECT file, line, json_transform(CASE json_type(json) WHEN 'OBJECT' THEN json END, '{
        "schema_version": "INTEGER", "kind": "VARCHAR", "at": "VARCHAR", "question_id": "VARCHAR",
        "session": "VARCHAR", "question": "VARCHAR", "release_id": "VARCHAR", "channel": "VARCHAR",
        "tables": ["VARCHAR"], "fallback": "BOOLEAN", "error": "VARCHAR", "feedback": "VARCHAR",
        "chart": "VARCHAR", "confidence": "DOUBLE",
        "features": {
            "words": "INTEGER", "form": "VARCHAR", "functions": ["VARCHAR"], "joins": "INTEGER",
            "filtered": "BOOLEAN", "by_time": "BOOLEAN"
        },
        "timings": {
            "propose_ms": "DOUBLE", "render_ms": "DOUBLE", "guard_ms": "DOUBLE", "execute_ms": "DOUBLE",
            "present_ms": "DOUBLE", "total_ms": "DOUBLE"
        },
        "usage": {
            "calls": "BIGINT", "cached": "BIGINT", "input_tokens": "BIGINT", "output_tokens": "BIGINT",
            "cost_usd": "DOUBLE"
        }
    }') AS one
    FROM lines
)
SELECT
    file, line, one.schema_version, coalesce(one.kind, 'question') AS kind,
    epoch_us(TRY_CAST(one.at AS TIMESTAMPTZ)) AS at_us,
    one.question_id, one.session, one.question, one.release_id, one.channel, one.tables, one.fallback, one.error,
    one.feedback, one.chart, one.confidence, one.features.words, one.features.form, one.features.functions,
    one.features.joins, one.features.filtered, one.features.by_time,
    one.timings.propose_ms, one.timings.render_ms, one.timings.guard_ms, one.timings.execute_ms,
    one.timings.present_ms, one.timings.total_ms,
    one.usage.calls, one.usage.cached, one.usage.input_tokens, one.usage.output_tokens, one.usage.cost_usd
FROM parsed;
