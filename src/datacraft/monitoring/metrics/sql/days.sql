-- Every stretch of 24 hours back from now, of every channel.
SELECT
    channel, ($now_us - at_us) // 86400000000 AS ago,
    count(*) AS requests,
    count(*) FILTER (answered) AS answered,
    count(*) FILTER (error IN (SELECT unnest($rejected))) AS rejected,
    count(*) FILTER (NOT answered AND error NOT IN (SELECT unnest($not_failed))) AS failed,
    count(*) FILTER (answered AND fallback) AS fallback,
    count(*) FILTER (answered AND (thumb IS NOT DISTINCT FROM 'down' OR coalesce(rephrased, false))) AS doubted,
    histogram(CASE WHEN answered THEN floor(4 * log2(greatest(total_ms, 1)))::INTEGER END) AS took
FROM questions
WHERE at_us > $start_us
GROUP BY ALL ORDER BY ALL;
