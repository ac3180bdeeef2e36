-- Ordinary analytical statements in BigQuery's dialect, one a line: all pass and stay the same when checked again.
SELECT * FROM shop.orders
SELECT * FROM `shop.orders`
SELECT o.region, SUM(o.amount) AS total FROM `shop.orders` AS o GROUP BY o.region ORDER BY total DESC LIMIT 10
SELECT * FROM `my-project.shop.events`
SELECT * FROM my-project.shop.events
SELECT DATE_TRUNC(order_date, MONTH) AS m, SUM(amount) FROM shop.orders GROUP BY m
SELECT DATE_TRUNC(order_date, WEEK(MONDAY)) AS w, COUNT(*) FROM shop.orders GROUP BY w
SELECT EXTRACT(YEAR FROM order_date) AS y, EXTRACT(DAYOFWEEK FROM order_date) AS d FROM shop.orders
SELECT FORMAT_DATE('%Y-%m', order_date) AS m, COUNT(DISTINCT customer_id) FROM shop.orders GROUP BY m
SELECT PARSE_DATE('%Y-%m-%d', '2021-01-01') AS d
SELECT DATE_DIFF(ship_date, order_date, DAY) AS days FROM shop.orders
SELECT DATE_ADD(order_date, INTERVAL 1 MONTH), DATE_SUB(order_date, INTERVAL 7 DAY) FROM shop.orders
SELECT * FROM shop.orders WHERE order_date >= DATE_SUB(CURRENT_DATE(), INTERVAL 30 DAY)
SELECT TIMESTAMP_TRUNC(created_at, HOUR) AS h, COUNT(*) FROM shop.orders GROUP BY h
SELECT TIMESTAMP_DIFF(created_at, TIMESTAMP '2021-01-01 00:00:00+00', MINUTE) FROM shop.orders
SELECT DATE(created_at) AS d, DATETIME(created_at) AS t FROM shop.orders
SELECT LAST_DAY(order_date, MONTH) FROM shop.orders
SELECT SAFE_DIVIDE(SUM(amount), COUNT(*)) FROM shop.orders
SELECT IF(amount > 100, 'high', 'low') AS band, COUNT(*) FROM shop.orders GROUP BY band
SELECT IFNULL(city, '?'), COALESCE(city, segment), NULLIF(segment, 'Home') FROM shop.customers
SELECT COUNTIF(amount > 100), LOGICAL_OR(discount > 0.3), ANY_VALUE(region) FROM shop.orders
SELECT APPROX_COUNT_DISTINCT(customer_id), APPROX_QUANTILES(amount, 100)[OFFSET(50)] FROM shop.orders
SELECT PERCENTILE_CONT(amount, 0.5) OVER (PARTITION BY region) FROM shop.orders
SELECT STDDEV(amount), VARIANCE(amount), CORR(amount, quantity), COVAR_POP(amount, quantity) FROM shop.orders
SELECT STRING_AGG(DISTINCT region, ', ' ORDER BY region LIMIT 5) FROM shop.orders
SELECT ARRAY_AGG(order_id ORDER BY amount DESC LIMIT 3) FROM shop.orders
SELECT SAFE_CAST(note AS INT64), CAST(amount AS STRING), CAST(order_id AS FLOAT64), CAST(amount AS NUMERIC) FROM shop.orders
SELECT CONCAT(name, ' ', city), UPPER(name), LOWER(name), LENGTH(name), SUBSTR(name, 1, 3), TRIM(name) FROM shop.customers
SELECT REGEXP_CONTAINS(name, r'^A.*\d$'), REGEXP_EXTRACT(email, r'@(.+)'), REGEXP_REPLACE(name, r'\s+', ' ') FROM shop.customers
SELECT STARTS_WITH(name, 'A'), ENDS_WITH(name, 'z'), STRPOS(name, 'x'), REPLACE(name, 'a', 'b') FROM shop.customers
SELECT SPLIT(email, '@')[OFFSET(1)], SPLIT(email, '@')[SAFE_OFFSET(2)] FROM shop.customers
SELECT ROUND(amount, 2), CEIL(amount), FLOOR(amount), ABS(amount), MOD(quantity, 2), POW(quantity, 2), SQRT(amount) FROM shop.orders
SELECT GREATEST(quantity, 3), LEAST(quantity, 3), SIGN(amount), LN(amount), LOG10(amount), EXP(discount), DIV(quantity, 2) FROM shop.orders
SELECT c.name, COUNT(*) FROM shop.orders o JOIN shop.customers c ON o.customer_id = c.customer_id GROUP BY c.name HAVING COUNT(*) > 2
SELECT c.name FROM shop.customers c LEFT JOIN shop.orders o USING (customer_id) WHERE o.order_id IS NULL
SELECT order_id, ROW_NUMBER() OVER (PARTITION BY region ORDER BY amount DESC) AS rn FROM shop.orders QUALIFY rn <= 3
SELECT order_id, LAG(amount) OVER (ORDER BY order_date), SUM(amount) OVER (ORDER BY order_date ROWS BETWEEN 6 PRECEDING AND CURRENT ROW) FROM shop.orders
SELECT region, amount / SUM(amount) OVER (PARTITION BY region) AS share FROM shop.orders
SELECT order_id, FIRST_VALUE(amount) OVER w, NTILE(4) OVER w FROM shop.orders WINDOW w AS (ORDER BY amount)
WITH t AS (SELECT region, SUM(amount) AS total FROM shop.orders GROUP BY region) SELECT * FROM t WHERE total > (SELECT AVG(total) FROM t)
WITH orders AS (SELECT * FROM shop.orders WHERE region = 'East') SELECT COUNT(*) FROM orders
SELECT region FROM shop.orders UNION DISTINCT SELECT segment FROM shop.customers
SELECT region FROM shop.orders UNION ALL SELECT segment FROM shop.customers ORDER BY region LIMIT 5
SELECT customer_id FROM shop.customers EXCEPT DISTINCT SELECT customer_id FROM shop.orders
SELECT * EXCEPT (note) FROM shop.orders
SELECT * REPLACE (ROUND(amount) AS amount) FROM shop.orders
SELECT region, status, SUM(amount) FROM shop.orders GROUP BY ROLLUP (region, status)
SELECT order_id, tag FROM shop.orders, UNNEST(tags) AS tag
SELECT order_id, tag, position FROM shop.orders AS o CROSS JOIN UNNEST(o.tags) AS tag WITH OFFSET AS position
SELECT order_id FROM shop.orders WHERE 'gift' IN UNNEST(tags)
SELECT order_id FROM shop.orders WHERE EXISTS (SELECT 1 FROM UNNEST(tags) AS t WHERE t = 'gift')
SELECT order_id FROM shop.orders WHERE region IN ('East', "West") AND note IS NOT NULL AND name_of = 'it\'s'
SELECT address.city, o.address.street FROM shop.orders AS o
SELECT SAFE.PARSE_DATE('%Y', note) FROM shop.orders
SELECT CASE WHEN amount > 100 THEN 'a' ELSE 'b' END AS band, ANY_VALUE(note HAVING MAX amount) FROM shop.orders GROUP BY band
SELECT COUNT(*) FROM shop.orders WHERE order_date BETWEEN '2021-01-01' AND DATE '2021-12-31'
FROM shop.orders |> WHERE amount > 100 |> AGGREGATE SUM(amount) AS total GROUP BY region
