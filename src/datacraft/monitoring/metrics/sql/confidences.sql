-- How sure a release was of each of its own answers.
SELECT confidence
FROM questions
WHERE at_us > $start_us AND channel IS NOT DISTINCT FROM $channel AND release_id IS NOT DISTINCT FROM $release_id
    AND answered AND NOT coalesce(fallback, false) AND confidence IS NOT NULL
ORDER BY at_us;
