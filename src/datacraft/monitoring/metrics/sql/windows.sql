-- Every window of every release on every channel, of every channel, and of all together.
SELECT
    w.seconds AS window_s,
    CASE WHEN grouping(q.channel) = 1 THEN 'all' WHEN grouping(q.release_id) = 1 THEN 'channel' ELSE 'release' END
        AS scope,
    q.channel, q.release_id,
    count(*) AS requests,
    count(*) FILTER (answered) AS answered,
    count(*) FILTER (error IN (SELECT unnest($refused))) AS refused,
    count(*) FILTER (error IN (SELECT unnest($asked_back))) AS asked_back,
    count(*) FILTER (error IN (SELECT unnest($rejected))) AS rejected,
    count(*) FILTER (NOT answered AND error NOT IN (SELECT unnest($not_failed))) AS failed,
    histogram(error) AS errors,
    count(*) FILTER (answered AND fallback) AS fallback,
    quantile_cont(total_ms, [0.5, 0.95, 0.99]) AS total_ms,
    quantile_cont(propose_ms, [0.5, 0.95, 0.99]) AS propose_ms,
    quantile_cont(render_ms, [0.5, 0.95, 0.99]) AS render_ms,
    quantile_cont(guard_ms, [0.5, 0.95, 0.99]) AS guard_ms,
    quantile_cont(execute_ms, [0.5, 0.95, 0.99]) AS execute_ms,
    quantile_cont(present_ms, [0.5, 0.95, 0.99]) AS present_ms,
    count(*) FILTER (thumb = 'up') AS liked,
    count(*) FILTER (thumb = 'down') AS disliked,
    CASE WHEN count(rephrased) > 0 THEN count(*) FILTER (rephrased) END AS rephrased,
    count(*) FILTER (answered AND (thumb IS NOT DISTINCT FROM 'down' OR coalesce(rephrased, false))) AS doubted,
    count(*) FILTER (by_model) AS model_questions,
    coalesce(sum(calls), 0)::BIGINT AS calls,
    coalesce(sum(cached), 0)::BIGINT AS kept_replies,
    coalesce(sum(input_tokens), 0)::BIGINT AS input_tokens,
    coalesce(sum(output_tokens), 0)::BIGINT AS output_tokens,
    coalesce(sum(cost_usd), 0)::DOUBLE AS cost_usd
FROM questions AS q JOIN windows AS w ON q.at_us > w.start_us
GROUP BY GROUPING SETS ((w.seconds, q.channel, q.release_id), (w.seconds, q.channel), (w.seconds))
ORDER BY scope, q.channel, q.release_id, window_s;
