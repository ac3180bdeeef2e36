SELECT before_us, at_us
FROM (
    SELECT at_us, lag(at_us) OVER (ORDER BY at_us) AS before_us
    FROM (SELECT at_us FROM questions WHERE at_us > $since_us UNION ALL SELECT $now_us)
)
WHERE at_us - before_us >= $gap_us
ORDER BY before_us;
