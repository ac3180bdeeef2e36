-- Questions of a stretch of time, whole conversations of them as hashes choose, at most so many. Comes after `records`.
SELECT
    question, coalesce(session, question_id) AS session, tables, words, form, functions, joins, filtered, by_time, at_us,
    error, chart, confidence, fallback
FROM (
    SELECT DISTINCT ON (question_id, at_us) *
    FROM records
    WHERE kind = 'question' AND question_id IS NOT NULL AND at_us > $start_us AND at_us <= $end_us
        AND ($channel IS NULL OR channel IS NULL OR channel = $channel)
)
ORDER BY hash(coalesce(session, question_id)), at_us
LIMIT $most;
