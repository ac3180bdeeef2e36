-- The questions of one stretch of time on a channel: what is behind a point of a chart.
SELECT at_us, question_id, question, release_id, error, total_ms, thumb, rephrased
FROM questions
WHERE at_us > $start_us AND at_us <= $end_us AND channel IS NOT DISTINCT FROM $channel
ORDER BY error IS NULL, coalesce(thumb, '') <> 'down', at_us DESC
LIMIT $most;
