CREATE TEMP TABLE records (
    file VARCHAR, line BIGINT, schema_version INTEGER, kind VARCHAR, at_us BIGINT, question_id VARCHAR,
    session VARCHAR, question VARCHAR, release_id VARCHAR, channel VARCHAR, tables VARCHAR[],
    propose_ms DOUBLE, render_ms DOUBLE, guard_ms DOUBLE, execute_ms DOUBLE, present_ms DOUBLE, total_ms DOUBLE,
    calls BIGINT, cached BIGINT, input_tokens BIGINT, output_tokens BIGINT, cost_usd DOUBLE,
    fallback BOOLEAN, error VARCHAR, feedback VARCHAR, chart VARCHAR, confidence DOUBLE,
    words INTEGER, form VARCHAR, functions VARCHAR[], joins INTEGER, filtered BOOLEAN, by_time BOOLEAN
);
