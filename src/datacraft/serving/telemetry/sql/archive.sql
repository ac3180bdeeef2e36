-- Lines of a day as one table: what this version knows, in columns, and what a newer one wrote, whole.
-- A line that is no record has no question_id; the last one of a file may be torn by a crash.
CREATE TEMP TABLE archive AS
WITH lines AS (
    SELECT filename, row_number() OVER () AS place, json
    FROM read_ndjson_objects($files, ignore_errors = true, filename = true, maximum_object_size = 67108864)
), numbered AS (
    SELECT
        parse_filename(filename) AS source, row_number() OVER (PARTITION BY filename ORDER BY place) AS line,
        CASE json_type(json) WHEN 'OBJECT' THEN json END AS json
    FROM lines
), parsed AS (
    SELECT source, line, json, json_transform(json, '{
        "schema_version": "INTEGER", "kind": "VARCHAR", "at": "VARCHAR", "question_id": "VARCHAR",
        "session": "VARCHAR", "question": "VARCHAR", "question_hash": "VARCHAR", "release_id": "VARCHAR",
        "channel": "VARCHAR", "model": "VARCHAR", "sql": "VARCHAR", "tables": ["VARCHAR"], "rows": "BIGINT",
        "chart": "VARCHAR", "confidence": "DOUBLE", "strategy": "VARCHAR", "repairs": "INTEGER",
        "fallback": "BOOLEAN", "error": "VARCHAR", "feedback": "VARCHAR", "comment": "VARCHAR",
        "timings": {
            "propose_ms": "DOUBLE", "render_ms": "DOUBLE", "guard_ms": "DOUBLE", "execute_ms": "DOUBLE",
            "present_ms": "DOUBLE", "total_ms": "DOUBLE"
        },
        "usage": {
            "calls": "BIGINT", "attempts": "BIGINT", "cached": "BIGINT", "input_tokens": "BIGINT",
            "output_tokens": "BIGINT", "cost_usd": "DOUBLE", "estimated_bytes": "BIGINT"
        },
        "features": {
            "characters": "INTEGER", "words": "INTEGER", "form": "VARCHAR", "functions": ["VARCHAR"],
            "joins": "INTEGER", "filtered": "BOOLEAN", "by_time": "BOOLEAN"
        }
    }') AS one
    FROM numbered
)
SELECT
    source, line, coalesce(one.schema_version, 1) AS schema_version, coalesce(one.kind, 'question') AS kind,
    epoch_us(TRY_CAST(one.at AS TIMESTAMPTZ)) AS at_us,
    one.question_id, one.session, one.question, one.question_hash, one.release_id, one.channel, one.model, one.sql,
    one.tables, one.rows, one.chart, one.confidence, one.strategy, one.repairs, one.fallback, one.error,
    one.feedback, one.comment,
    one.timings.propose_ms, one.timings.render_ms, one.timings.guard_ms, one.timings.execute_ms,
    one.timings.present_ms, one.timings.total_ms,
    one.usage.calls, one.usage.attempts, one.usage.cached, one.usage.input_tokens, one.usage.output_tokens,
    one.usage.cost_usd, one.usage.estimated_bytes,
    one.features IS NOT NULL AS has_features, one.features.characters, one.features.words, one.features.form,
    one.features.functions, one.features.joins, one.features.filtered, one.features.by_time,
    CASE WHEN one.schema_version > $known THEN CAST(json AS VARCHAR) END AS newer
FROM parsed;
