SELECT
    w.seconds AS window_s,
    CASE WHEN grouping(q.channel) = 1 THEN 'all' WHEN grouping(q.release_id) = 1 THEN 'channel' ELSE 'release' END
        AS scope,
    q.channel, q.release_id, limit_ms, count(*) AS answered
FROM (SELECT *, unnest($within_ms) AS limit_ms FROM questions WHERE answered) AS q
JOIN windows AS w ON q.at_us > w.start_us
WHERE total_ms <= limit_ms
GROUP BY GROUPING SETS (
    (w.seconds, limit_ms, q.channel, q.release_id), (w.seconds, limit_ms, q.channel), (w.seconds, limit_ms)
)
ORDER BY limit_ms;
