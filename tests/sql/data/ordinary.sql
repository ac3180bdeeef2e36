-- Ordinary analytical statements over shop.sql, one a line: all pass, and give the same rows as unguarded.
-- # plain
SELECT * FROM orders
SELECT order_id, region, amount FROM orders
SELECT order_id AS id, amount * quantity AS value FROM orders
SELECT DISTINCT region FROM orders
SELECT DISTINCT region, status FROM orders ORDER BY region, status
SELECT o.* FROM orders o
SELECT orders.region FROM orders
SELECT o.order_id, o.* EXCLUDE (note) FROM orders AS o
SELECT * EXCLUDE (note, created_at) FROM orders
SELECT * REPLACE (round(amount) AS amount) FROM orders
SELECT "region", "amount" FROM "orders"
SELECT REGION, Amount FROM Orders
SELECT order_id, 'fixed' AS kind, 1.5e2 AS number, .5 AS half, TRUE AS yes, NULL AS nothing FROM orders
SELECT 1 AS one
FROM orders
FROM orders SELECT region, count(*) GROUP BY region ORDER BY region
TABLE employees
SELECT order_id "Order number", amount "Net amount" FROM orders
SELECT amount AS "weird ""name""" FROM orders
SELECT order_id FROM orders ORDER BY amount DESC, order_id LIMIT 10
SELECT order_id FROM orders ORDER BY amount DESC NULLS LAST, order_id ASC LIMIT 10 OFFSET 5
SELECT order_id FROM orders ORDER BY 1 FETCH FIRST 3 ROWS ONLY
SELECT region, amount FROM orders ORDER BY ALL
(SELECT order_id FROM orders ORDER BY order_id LIMIT 4)
SELECT order_id /* the key */ FROM orders -- all of them
-- # filters
SELECT order_id FROM orders WHERE region = 'East'
SELECT order_id FROM orders WHERE region <> 'East' AND amount > 100
SELECT order_id FROM orders WHERE region != 'East' OR amount <= 100
SELECT order_id FROM orders WHERE NOT (region = 'East' OR region = 'West')
SELECT order_id FROM orders WHERE region IN ('East', 'West') AND status NOT IN ('open')
SELECT order_id FROM orders WHERE amount BETWEEN 100 AND 200
SELECT order_id FROM orders WHERE amount NOT BETWEEN 100 AND 200
SELECT order_id FROM orders WHERE note IS NULL
SELECT order_id FROM orders WHERE note IS NOT NULL AND ship_date IS NULL
SELECT name FROM customers WHERE name LIKE 'Customer 1%'
SELECT name FROM customers WHERE name ILIKE '%MER 2_'
SELECT name FROM customers WHERE name NOT LIKE '%3' AND name NOT ILIKE '%4'
SELECT name FROM customers WHERE email LIKE '%$_%' ESCAPE '$'
SELECT name FROM customers WHERE name SIMILAR TO 'Customer [0-9]'
SELECT name FROM customers WHERE regexp_matches(name, '^Customer 1[0-9]$')
SELECT name FROM customers WHERE name GLOB 'Customer 1*'
SELECT name FROM customers WHERE starts_with(name, 'Customer 3') OR ends_with(name, '7') OR contains(name, '22')
SELECT name FROM customers WHERE city IS DISTINCT FROM 'Oslo'
SELECT name FROM customers WHERE city IS NOT DISTINCT FROM NULL
SELECT order_id FROM orders WHERE (region, status) IN (('East', 'paid'), ('West', 'open'))
SELECT order_id FROM orders WHERE order_date >= DATE '2021-01-01' AND order_date < DATE '2022-01-01'
SELECT order_id FROM orders WHERE order_date >= '2021-01-01'
SELECT order_id FROM orders WHERE created_at < TIMESTAMP '2020-06-01 12:00:00'
SELECT order_id FROM orders WHERE year(order_date) = 2021 AND month(order_date) IN (1, 2)
SELECT order_id FROM orders WHERE amount > (SELECT avg(amount) FROM orders)
SELECT order_id FROM orders WHERE customer_id IN (SELECT customer_id FROM customers WHERE segment = 'Home')
SELECT name FROM customers WHERE customer_id NOT IN (SELECT customer_id FROM orders WHERE customer_id IS NOT NULL)
SELECT name FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.customer_id AND o.amount > 500)
SELECT name FROM customers c WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.customer_id)
SELECT name FROM customers WHERE customer_id = ANY (SELECT customer_id FROM orders WHERE amount > 500)
SELECT order_id FROM orders WHERE amount >= ALL (SELECT amount FROM orders)
SELECT order_id, amount / 2 AS half FROM orders WHERE half > 100
SELECT order_id FROM orders WHERE coalesce(note, '') = '' AND nullif(quantity, 1) IS NOT NULL
SELECT order_id FROM orders WHERE list_contains(['East', 'West'], region)
SELECT order_id FROM orders WHERE quantity % 2 = 0 AND quantity // 2 > 1 AND quantity & 1 = 0
-- # aggregates
SELECT count(*) FROM orders
SELECT count(*), count(note), count(DISTINCT customer_id) FROM orders
SELECT sum(amount), avg(amount), min(amount), max(amount) FROM orders
SELECT region, count(*) AS n FROM orders GROUP BY region ORDER BY n DESC, region
SELECT region, status, sum(amount) AS total FROM orders GROUP BY region, status
SELECT region, sum(amount) FROM orders GROUP BY 1 ORDER BY 2 DESC
SELECT region, status, avg(discount) FROM orders GROUP BY ALL ORDER BY ALL
SELECT region, sum(amount) AS total FROM orders GROUP BY region HAVING sum(amount) > 1000
SELECT region, sum(amount) AS total FROM orders GROUP BY region HAVING total > 1000 ORDER BY total
SELECT median(amount), quantile_cont(amount, 0.9), quantile_disc(amount, 0.1) FROM orders
SELECT region, percentile_cont(0.5) WITHIN GROUP (ORDER BY amount) AS p50 FROM orders GROUP BY region
SELECT percentile_disc(0.25) WITHIN GROUP (ORDER BY quantity) FROM orders
SELECT quantile_cont(amount, [0.25, 0.5, 0.75]) FROM orders
SELECT stddev(amount), stddev_pop(amount), variance(amount), var_pop(amount) FROM orders
SELECT corr(amount, quantity), covar_pop(amount, quantity), covar_samp(amount, discount) FROM orders
SELECT regr_slope(amount, quantity), regr_intercept(amount, quantity), regr_r2(amount, quantity) FROM orders
SELECT skewness(amount), kurtosis(amount), entropy(region), mad(amount) FROM orders
SELECT mode(quantity) FROM orders
SELECT region, string_agg(DISTINCT status, ', ' ORDER BY status) FROM orders GROUP BY region
SELECT region, list(DISTINCT status ORDER BY status) FROM orders GROUP BY region
SELECT region, array_agg(order_id ORDER BY order_id) FROM orders GROUP BY region
SELECT arg_max(order_id, amount), arg_min(order_id, amount), max_by(region, amount), min_by(region, amount) FROM orders
SELECT region, any_value(region), first(order_id ORDER BY order_id), last(order_id ORDER BY order_id) FROM orders GROUP BY region
SELECT count_if(amount > 100), countif(status = 'paid') FROM orders
SELECT bool_and(amount > 0), bool_or(discount > 0.3) FROM orders
SELECT region, count(*) FILTER (WHERE status = 'paid') AS paid, sum(amount) FILTER (WHERE status = 'returned') AS returned FROM orders GROUP BY region
SELECT region, sum(CASE WHEN status = 'paid' THEN amount ELSE 0 END) / sum(amount) AS paid_share FROM orders GROUP BY region
SELECT sum(amount * quantity) / nullif(sum(quantity), 0) AS weighted FROM orders
SELECT region, 100.0 * count(*) / (SELECT count(*) FROM orders) AS percent FROM orders GROUP BY region
SELECT approx_count_distinct(customer_id) > 0 FROM orders
SELECT bit_and(quantity), bit_or(quantity), bit_xor(quantity), product(quantity % 2 + 1) FROM orders
SELECT histogram(quantity) FROM orders
SELECT region, status, sum(amount) FROM orders GROUP BY ROLLUP (region, status)
SELECT region, status, sum(amount) FROM orders GROUP BY CUBE (region, status)
SELECT region, status, count(*) FROM orders GROUP BY GROUPING SETS ((region), (status), ())
SELECT region, grouping(region) AS is_total, sum(amount) FROM orders GROUP BY ROLLUP (region)
SELECT count(DISTINCT (region, status)) FROM orders
SELECT avg(n) FROM (SELECT customer_id, count(*) AS n FROM orders GROUP BY customer_id)
SELECT avg(t.n) AS per_customer FROM (SELECT customer_id, count(*) AS n FROM orders GROUP BY customer_id) AS t
SELECT max(amount) - min(amount) AS spread, round(avg(amount), 2) AS mean FROM orders
-- # dates
SELECT date_trunc('month', order_date) AS month, sum(amount) FROM orders GROUP BY 1 ORDER BY 1
SELECT date_trunc('quarter', order_date) AS q, count(*) FROM orders GROUP BY q
SELECT date_trunc('week', created_at) AS w, count(*) FROM orders GROUP BY w
SELECT extract(year FROM order_date) AS y, extract(month FROM order_date) AS m, count(*) FROM orders GROUP BY y, m
SELECT year(order_date), quarter(order_date), month(order_date), week(order_date), day(order_date) FROM orders
SELECT date_part('dow', order_date), date_part('isodow', order_date), date_part('doy', order_date) FROM orders
SELECT dayname(order_date) AS weekday, count(*) FROM orders GROUP BY weekday
SELECT monthname(order_date), dayofweek(order_date), dayofyear(order_date), dayofmonth(order_date), weekofyear(order_date), isodow(order_date) FROM orders
SELECT strftime(order_date, '%Y-%m') AS month, sum(amount) FROM orders GROUP BY month
SELECT strftime(created_at, '%d.%m.%Y %H:%M') FROM orders
SELECT strptime('2021-03-04', '%Y-%m-%d'), try_strptime(note, '%Y') FROM orders
SELECT date_diff('day', order_date, ship_date) AS days FROM orders
SELECT datediff('month', order_date, DATE '2023-01-01') FROM orders
SELECT date_sub('month', order_date, ship_date) FROM orders
SELECT avg(ship_date - order_date) FROM orders
SELECT ship_date - order_date AS days FROM orders WHERE ship_date - order_date > 2
SELECT order_date + INTERVAL 1 MONTH, order_date - INTERVAL '3 days', order_date + INTERVAL (quantity) DAY FROM orders
SELECT date_add(order_date, INTERVAL 7 DAY) FROM orders
SELECT order_date + 5, order_date - 5 FROM orders
SELECT last_day(order_date), make_date(2021, 5, 1), to_days(quantity) FROM orders
SELECT count(*) FROM orders WHERE order_date >= (SELECT max(order_date) FROM orders) - INTERVAL 90 DAY
SELECT count(*) FROM orders WHERE order_date BETWEEN DATE '2021-01-01' AND DATE '2021-12-31'
SELECT count(*) FROM orders WHERE order_date < current_date AND created_at < now() AND order_date < today()
SELECT epoch(created_at), epoch_ms(created_at), hour(created_at), minute(created_at), second(created_at) FROM orders
SELECT time_bucket(INTERVAL 7 DAY, order_date) AS bucket, count(*) FROM orders GROUP BY bucket
SELECT age(DATE '2023-01-01', order_date) FROM orders
SELECT CAST(created_at AS DATE) AS day, count(*) FROM orders GROUP BY day
SELECT created_at::DATE, created_at::TIME, order_date::TIMESTAMP, order_date::VARCHAR FROM orders
SELECT created_at AT TIME ZONE 'UTC' IS NOT NULL FROM orders
SELECT extract('hour' FROM created_at) AS h, count(*) FROM orders GROUP BY h
SELECT date_trunc('year', order_date)::DATE AS y, sum(amount) FROM orders GROUP BY y ORDER BY y
SELECT decade(order_date), century(order_date), isoyear(order_date), yearweek(order_date) FROM orders
-- # text and numbers
SELECT upper(name), lower(name), length(name), reverse(name) FROM customers
SELECT trim(name), ltrim(name), rtrim(name, '0'), substring(name, 1, 4), substr(name, 5), left(name, 3), right(name, 2) FROM customers
SELECT name || ' (' || segment || ')' AS label FROM customers
SELECT concat(name, ', ', city), concat_ws('-', segment, city) FROM customers
SELECT replace(email, '@example.org', ''), split_part(email, '@', 2), string_split(email, '@')[1] FROM customers
SELECT strpos(email, '@'), position('@' IN email), instr(email, 'e') FROM customers
SELECT lpad(customer_id::VARCHAR, 5, '0'), rpad(segment, 12, '.') FROM customers
SELECT regexp_replace(email, '[0-9]+', '#'), regexp_extract(email, '([0-9]+)', 1) FROM customers
SELECT regexp_replace(name, '[a-z]', 'x', 'g') FROM customers
SELECT format('{:,.2f} EUR', amount), printf('%.1f %%', discount * 100) FROM orders
SELECT ascii(segment), chr(65), md.c FROM (SELECT segment, 'x' AS c FROM customers) AS md
SELECT levenshtein(segment, 'Consumer'), jaccard(segment, 'Home'), jaro_winkler_similarity(segment, 'Corp') FROM customers
SELECT strip_accents(name), translate(name, 'abc', 'xyz'), starts_with(city, 'B') FROM customers
SELECT name FROM customers WHERE name = 'O''Brien; DROP TABLE orders --'
SELECT round(amount, 1), ceil(amount), floor(amount), trunc(amount), abs(-amount), sign(amount) FROM orders
SELECT sqrt(amount), ln(amount), log10(amount), log2(amount), exp(discount), power(quantity, 2), quantity ^ 2, quantity ** 2 FROM orders
SELECT greatest(quantity, 3), least(quantity, 3), mod(quantity, 3), quantity % 3, -quantity, +quantity FROM orders
SELECT floor(amount / 50) * 50 AS bucket, count(*) FROM orders GROUP BY bucket ORDER BY bucket
SELECT CAST(amount AS INTEGER), amount::DECIMAL(12, 3), TRY_CAST(note AS INTEGER), CAST(order_id AS VARCHAR) FROM orders
SELECT amount::DOUBLE / quantity::DOUBLE, quantity / 2, quantity // 2 FROM orders
SELECT isnan(amount), isinf(amount), pi(), degrees(1.0), radians(180.0) FROM orders
SELECT len(list_sort(list(quantity))), list_sum(list(quantity)), list_max(list(quantity)) FROM orders
SELECT typeof(amount) FROM orders
-- # conditionals
SELECT order_id, CASE WHEN amount > 300 THEN 'high' WHEN amount > 100 THEN 'mid' ELSE 'low' END AS band FROM orders
SELECT CASE region WHEN 'East' THEN 1 WHEN 'West' THEN 2 END AS code FROM orders
SELECT CASE WHEN amount > 300 THEN 'high' ELSE 'low' END AS band, count(*) FROM orders GROUP BY band
SELECT coalesce(city, 'unknown'), ifnull(city, '?'), nullif(segment, 'Home') FROM customers
SELECT if(amount > 100, 'a', 'b') FROM orders
SELECT order_id, CASE WHEN EXISTS (SELECT 1 FROM customers c WHERE c.customer_id = o.customer_id AND c.segment = 'Home') THEN 1 ELSE 0 END FROM orders o
-- # joins
SELECT o.order_id, c.name FROM orders o JOIN customers c ON o.customer_id = c.customer_id
SELECT o.order_id, c.name FROM orders o INNER JOIN customers c USING (customer_id)
SELECT c.name, count(o.order_id) AS n FROM customers c LEFT JOIN orders o ON o.customer_id = c.customer_id GROUP BY c.name
SELECT c.name FROM customers c LEFT OUTER JOIN orders o ON o.customer_id = c.customer_id WHERE o.order_id IS NULL
SELECT o.order_id, c.name FROM orders o RIGHT JOIN customers c ON o.customer_id = c.customer_id
SELECT o.order_id, c.name FROM orders o FULL OUTER JOIN customers c ON o.customer_id = c.customer_id
SELECT c.segment, p.category, sum(o.amount) FROM orders o JOIN customers c ON c.customer_id = o.customer_id JOIN products p ON p.product_id = o.product_id GROUP BY c.segment, p.category
SELECT o.order_id, c.name FROM orders o, customers c WHERE o.customer_id = c.customer_id
SELECT o.order_id, c.name, p.product_name FROM orders o, customers c, products p WHERE o.customer_id = c.customer_id AND p.product_id = o.product_id
SELECT order_id, name FROM orders NATURAL JOIN customers
SELECT name FROM customers SEMI JOIN orders USING (customer_id)
SELECT name FROM customers ANTI JOIN orders ON customers.customer_id = orders.customer_id
SELECT e.full_name, m.full_name AS manager FROM employees e LEFT JOIN employees m ON e.manager_id = m.employee_id
SELECT a.order_id, b.order_id FROM orders a JOIN orders b ON a.customer_id = b.customer_id AND a.order_id < b.order_id
SELECT r.region, s.segment FROM (SELECT DISTINCT region FROM orders) r CROSS JOIN (SELECT DISTINCT segment FROM customers) s
SELECT p.product_name, p.price - a.mean AS above FROM products p CROSS JOIN (SELECT avg(price) AS mean FROM products) a
SELECT p.product_name, p.price / t.total AS share FROM products p, (SELECT sum(price) AS total FROM products) t
SELECT o.order_id, c.name FROM orders o JOIN customers c ON o.customer_id = c.customer_id AND c.segment = 'Home' AND o.amount > 100
SELECT x.order_id FROM (orders x JOIN customers y ON x.customer_id = y.customer_id) JOIN products z ON z.product_id = x.product_id
SELECT e.full_name, count(*) AS earlier FROM employees e JOIN employees f ON f.hired_on < e.hired_on GROUP BY e.full_name
SELECT o.order_id, p.product_name FROM orders o ASOF JOIN products p ON o.product_id = p.product_id AND o.amount >= p.price
SELECT c.name, t.total FROM customers c JOIN (SELECT customer_id, sum(amount) AS total FROM orders GROUP BY customer_id) t ON t.customer_id = c.customer_id ORDER BY t.total DESC LIMIT 5
SELECT c.name, (SELECT max(o.amount) FROM orders o WHERE o.customer_id = c.customer_id) AS largest FROM customers c
SELECT c.name, (SELECT count(*) FROM orders WHERE customer_id = c.customer_id) AS n FROM customers c
-- # windows
SELECT order_id, row_number() OVER (ORDER BY amount DESC, order_id) AS place FROM orders
SELECT region, order_id, rank() OVER (PARTITION BY region ORDER BY amount DESC) AS place FROM orders
SELECT region, dense_rank() OVER (ORDER BY sum(amount) DESC) AS place FROM orders GROUP BY region
SELECT order_id, ntile(4) OVER (ORDER BY amount, order_id), percent_rank() OVER (ORDER BY amount), cume_dist() OVER (ORDER BY amount) FROM orders
SELECT order_date, amount, sum(amount) OVER (ORDER BY order_date, order_id ROWS UNBOUNDED PRECEDING) AS running FROM orders
SELECT order_date, avg(amount) OVER (ORDER BY order_date, order_id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS moving FROM orders
SELECT order_date, sum(amount) OVER (ORDER BY order_date RANGE BETWEEN INTERVAL 30 DAY PRECEDING AND CURRENT ROW) FROM orders
SELECT order_id, lag(amount) OVER (ORDER BY order_id) AS before, lead(amount, 2, 0) OVER (ORDER BY order_id) AS after FROM orders
SELECT order_id, first_value(amount) OVER w AS f, last_value(amount) OVER w AS l, nth_value(amount, 2) OVER w AS n FROM orders WINDOW w AS (PARTITION BY region ORDER BY order_id)
SELECT order_id, lag(note IGNORE NULLS) OVER (ORDER BY order_id) FROM orders
SELECT region, amount, amount / sum(amount) OVER (PARTITION BY region) AS share FROM orders
SELECT region, sum(amount) AS total, sum(amount) / sum(sum(amount)) OVER () AS share FROM orders GROUP BY region
SELECT region, order_id, amount FROM orders QUALIFY row_number() OVER (PARTITION BY region ORDER BY amount DESC, order_id) <= 3
SELECT region, order_id, rank() OVER (PARTITION BY region ORDER BY amount DESC) AS place FROM orders QUALIFY place = 1
SELECT date_trunc('month', order_date) AS m, sum(amount) AS total, sum(amount) - lag(sum(amount)) OVER (ORDER BY date_trunc('month', order_date)) AS change FROM orders GROUP BY m
SELECT order_id, count(*) OVER (PARTITION BY region) AS n, count(*) FILTER (WHERE status = 'paid') OVER (PARTITION BY region) AS paid FROM orders
SELECT order_id, max(amount) OVER (PARTITION BY region ORDER BY order_id ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING EXCLUDE CURRENT ROW) FROM orders
SELECT DISTINCT ON (region) region, order_id, amount FROM orders ORDER BY region, amount DESC, order_id
-- # ctes
WITH t AS (SELECT region, sum(amount) AS total FROM orders GROUP BY region) SELECT * FROM t WHERE total > 100 ORDER BY total DESC
WITH a AS (SELECT region, sum(amount) AS total FROM orders GROUP BY region), b AS (SELECT avg(total) AS mean FROM a) SELECT a.region, a.total - b.mean AS above FROM a, b
WITH orders AS (SELECT * FROM orders WHERE region = 'East') SELECT count(*) FROM orders
WITH t(r, total) AS (SELECT region, sum(amount) FROM orders GROUP BY region) SELECT r, total FROM t
WITH t AS MATERIALIZED (SELECT customer_id, count(*) AS n FROM orders GROUP BY customer_id) SELECT n, count(*) FROM t GROUP BY n
WITH m AS (SELECT date_trunc('month', order_date) AS m, sum(amount) AS s FROM orders GROUP BY 1) SELECT m, s, (s - lag(s) OVER (ORDER BY m)) / lag(s) OVER (ORDER BY m) AS growth FROM m ORDER BY m
WITH ranked AS (SELECT *, row_number() OVER (PARTITION BY region ORDER BY amount DESC, order_id) AS rn FROM orders) SELECT region, order_id FROM ranked WHERE rn <= 2
WITH first_order AS (SELECT customer_id, min(order_date) AS first_date FROM orders GROUP BY customer_id) SELECT date_trunc('month', first_date) AS cohort, count(*) FROM first_order GROUP BY cohort
WITH x AS (WITH y AS (SELECT amount FROM orders) SELECT amount * 2 AS double FROM y) SELECT max(double) FROM x
WITH a AS (SELECT customer_id FROM orders WHERE region = 'East'), b AS (SELECT customer_id FROM orders WHERE region = 'West') SELECT count(*) FROM (SELECT * FROM a INTERSECT SELECT * FROM b)
SELECT * FROM (WITH t AS (SELECT region FROM orders) SELECT DISTINCT region FROM t) AS q
WITH buckets AS (SELECT * FROM (VALUES ('low', 0, 100), ('high', 100, 10000)) AS v(label, low, high)) SELECT b.label, count(*) FROM orders o JOIN buckets b ON o.amount >= b.low AND o.amount < b.high GROUP BY b.label
-- # set operations
SELECT region FROM orders UNION SELECT segment FROM customers
SELECT region AS v FROM orders UNION ALL SELECT segment FROM customers ORDER BY v LIMIT 20
SELECT customer_id FROM customers EXCEPT SELECT customer_id FROM orders
SELECT customer_id FROM customers INTERSECT SELECT customer_id FROM orders
(SELECT 'best' AS kind, region, sum(amount) AS total FROM orders GROUP BY region ORDER BY total DESC LIMIT 1) UNION ALL (SELECT 'worst', region, sum(amount) AS total FROM orders GROUP BY region ORDER BY total LIMIT 1)
SELECT region, amount FROM orders UNION ALL BY NAME SELECT salary AS amount, department AS region FROM employees
SELECT 2020 AS y, sum(amount) FROM orders WHERE year(order_date) = 2020 UNION ALL SELECT 2021, sum(amount) FROM orders WHERE year(order_date) = 2021 UNION ALL SELECT 2022, sum(amount) FROM orders WHERE year(order_date) = 2022
SELECT count(*) FROM (SELECT customer_id FROM orders WHERE region = 'East' EXCEPT SELECT customer_id FROM orders WHERE region = 'West')
-- # lists
SELECT unnest(string_split(name, ' ')) AS word FROM customers
SELECT word, count(*) FROM (SELECT unnest(string_split(name, ' ')) AS word FROM customers) GROUP BY word
SELECT x FROM (SELECT * FROM products AS t(x)) AS u
SELECT t.x, u.y FROM products AS t(x, y) JOIN customers AS u(y) ON u.y = t.x
SELECT o.region, s.status FROM (SELECT region, list(DISTINCT status ORDER BY status) AS statuses FROM orders GROUP BY region) o, unnest(o.statuses) AS s(status)
SELECT list(order_id ORDER BY order_id)[1:3], array_length(list(order_id)) FROM orders
SELECT array_to_string(list(DISTINCT region ORDER BY region), '/') FROM orders
-- # meanings that a rewritten statement must keep
SELECT trim(BOTH '1' FROM name), trim(LEADING 'C' FROM name), trim(TRAILING '1' FROM name) FROM customers
SELECT log(amount), log(2, amount), round(amount, -1), round(-2.5) FROM orders
SELECT regexp_matches(name, '(?i)customer'), regexp_full_match(name, 'C.*'), regexp_extract_all(email, '[0-9]') FROM customers
SELECT date_diff('week', order_date, ship_date), date_diff('year', order_date, ship_date), date_diff('quarter', order_date, ship_date) FROM orders
SELECT strftime(order_date, '%A %B %-d %j %U %G-W%V %p %I'), strftime('%Y', order_date) FROM orders
SELECT split_part(name, ' ', -1), left(name, -2), right(name, -2), substring(name, -3), substring(name, 2, -1) FROM customers
SELECT list(amount)[1], list(amount)[-1], list(amount)[2:], list(amount)[:-2] FROM (SELECT * FROM orders ORDER BY order_id)
SELECT 7 / 2, 7 // 2, -7 // 2, -7 % 3, 7.5 % 2, 5 ^ 2, 2 ** 3 ** 2, -2 ** 2
SELECT 1 + 2 * 3 - (4 - 5) / 6.0, NOT TRUE AND FALSE, 10 - (5 - 3), 10 / (5 / 3.0), 2 - -2, - - 1
SELECT a.order_id FROM orders a WHERE NOT a.amount > 100 AND NOT (a.region = 'East' OR a.status = 'paid')
SELECT array_agg(DISTINCT region ORDER BY region DESC NULLS FIRST), string_agg(status, '|' ORDER BY order_id) FROM orders
SELECT order_id FROM orders ORDER BY note NULLS FIRST, order_id LIMIT 5
SELECT order_id FROM orders ORDER BY note DESC NULLS FIRST, order_id LIMIT 5
SELECT var_samp(amount), stddev_samp(amount), sem(amount), favg(amount), fsum(amount), kahan_sum(amount), geomean(amount) FROM orders
SELECT extract(dow FROM order_date), extract(week FROM order_date), extract(epoch FROM created_at), extract(quarter FROM order_date) FROM orders
SELECT INTERVAL '1 year 2 months' + order_date, INTERVAL 1 QUARTER + order_date, INTERVAL '2 weeks' + order_date FROM orders
SELECT concat('a', NULL, 'b'), concat_ws(',', 'a', NULL, 'b'), 'a' || NULL, coalesce(NULL, 'x'), greatest(1, NULL, 3), nullif(1, 1)
SELECT name FROM customers WHERE name ~ 'Customer 1' OR name !~ 'Customer' OR name ~~ 'C%1'
SELECT region, count(*) FROM orders GROUP BY ALL HAVING count(*) > 5 ORDER BY ALL DESC
SELECT cast(amount AS DECIMAL(10,1)), cast('2020-01-01 10:00' AS TIMESTAMP), '10:30'::TIME, cast(1 AS HUGEINT), cast(1.5 AS REAL) FROM orders
SELECT sum(amount) OVER (ORDER BY order_date GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING) FROM orders
SELECT x.region FROM orders x WHERE x.amount = (SELECT max(amount) FROM orders WHERE region = x.region)
SELECT order_id FROM orders WHERE amount IN (SELECT max(amount) FROM orders GROUP BY region)
SELECT time_bucket(INTERVAL '1 month', order_date), date_trunc('quarter', created_at), date_trunc('decade', order_date) FROM orders
SELECT 'a\b', 'it''s', '%', '"q"', '{x}', '-- no comment', '/* none */', ';'
SELECT strftime(date_trunc('month', order_date), '%b %Y') AS m, sum(amount) FROM orders GROUP BY m, date_trunc('month', order_date) ORDER BY date_trunc('month', order_date)
SELECT EXISTS (FROM orders), (SELECT 1), (FROM products SELECT max(price))
SELECT region: upper(region), total: amount * 2 FROM orders
SELECT (amount > 100)::INT AS flag, flag + 1 AS next FROM orders
SELECT PERCENTILE_CONT(0.9) WITHIN GROUP (ORDER BY amount DESC) FROM orders
SELECT name FROM customers WHERE name COLLATE NOCASE = 'CUSTOMER 1'
SELECT order_id FROM orders ORDER BY order_id OFFSET 290
