SELECT
    w.seconds AS window_s,
    CASE WHEN grouping(q.channel) = 1 THEN 'all' WHEN grouping(q.release_id) = 1 THEN 'channel' ELSE 'release' END
        AS scope,
    q.channel, q.release_id, topic, count(*) AS requests, count(*) FILTER (answered) AS answered
FROM (SELECT *, unnest(tables) AS topic FROM questions) AS q JOIN windows AS w ON q.at_us > w.start_us
GROUP BY GROUPING SETS ((w.seconds, topic, q.channel, q.release_id), (w.seconds, topic, q.channel), (w.seconds, topic))
ORDER BY topic;
