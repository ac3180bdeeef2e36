-- One row per stretch of time and release, of one channel.
SELECT
    $start_us + (at_us - $start_us) // $step_us * $step_us AS start_us, release_id,
    count(*) AS requests,
    count(*) FILTER (answered AND NOT coalesce(fallback, false)) AS answered,
    count(*) FILTER (NOT answered AND error NOT IN (SELECT unnest($not_failed))) AS failed,
    quantile_cont(total_ms, 0.95) AS p95_ms
FROM questions
WHERE at_us > $start_us AND channel IS NOT DISTINCT FROM $channel
GROUP BY ALL ORDER BY ALL;
