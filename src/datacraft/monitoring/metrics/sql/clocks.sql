-- Records are written as questions end, one file by one process: ends that go back by more than threads explain.
SELECT file, count(*) AS jumps, max(back_us) AS furthest_us
FROM (
    SELECT file, lag(end_us) OVER (PARTITION BY file ORDER BY line) - end_us AS back_us
    FROM (SELECT file, line, at_us + 1000 * coalesce(total_ms, 0) AS end_us FROM records WHERE at_us IS NOT NULL)
)
WHERE back_us > $tolerance_us
GROUP BY file ORDER BY file;
