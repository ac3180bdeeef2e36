-- One row per question until $now_us: how it ended, its last thumb, and whether it was put again at once.
CREATE TEMP MACRO words_of(text) AS list_distinct(list_filter(
    string_split_regex(lower(text), '[^\p{L}\p{N}]+'), lambda word: word <> ''
));
CREATE TEMP TABLE questions AS
WITH once AS (  -- a day that was compacted while its lines were still there is read twice
    SELECT DISTINCT ON (kind, question_id, at_us) *
    FROM records WHERE at_us <= $now_us AND question_id IS NOT NULL
), thumbs AS (
    SELECT question_id, arg_max(feedback, at_us) AS thumb FROM once WHERE kind = 'feedback' GROUP BY question_id
), followed AS (
    SELECT *, lead(question) OVER later AS next_question, lead(at_us) OVER later AS next_us
    FROM once WHERE kind = 'question'
    WINDOW later AS (PARTITION BY coalesce(session, question_id) ORDER BY at_us, question_id)
)
SELECT
    f.* EXCLUDE (next_question, next_us), t.thumb,
    f.error IS NULL AS answered,
    coalesce(f.cached, 0) + coalesce(f.calls, 0) > 0 AS by_model,
    CASE
        WHEN f.question IS NULL THEN NULL
        WHEN f.error IS NOT NULL OR f.session IS NULL OR f.next_question IS NULL
            OR f.next_us - f.at_us > $at_once_us + 1000 * coalesce(f.total_ms, 0) THEN false
        ELSE len(list_intersect(words_of(f.question), words_of(f.next_question)))
            >= $alike * len(list_distinct(list_concat(words_of(f.question), words_of(f.next_question))))
    END AS rephrased
FROM followed AS f LEFT JOIN thumbs AS t USING (question_id);
